import { join } from "node:path";
import process from "node:process";
import { createInterface } from "node:readline";
import { pathToFileURL } from "node:url";

// What Lambda's runtime does with the unpacked bundle: a line in is an event, a line out its answer, all in one process.
const [, , folder = ""] = process.argv;
const { handler } = await import(pathToFileURL(join(folder, "index.mjs")).href);
for await (const line of createInterface({ input: process.stdin })) {
  try {
    const answer = await handler(JSON.parse(line), { getRemainingTimeInMillis: () => 300_000 });
    console.log(`answer ${JSON.stringify(answer)}`);
  } catch (error) {
    console.log(`refused ${error.message}`);
  }
}
process.exit(0);

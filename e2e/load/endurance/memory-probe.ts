import { appendFileSync } from "node:fs";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";

// Loaded into the server under test: on SIGUSR2 it writes what it holds, after a full collection, as a line of JSON.

const file = process.env.MEMORY_PROBE_FILE ?? "";
setFlagsFromString("--expose-gc");
const collect: () => void = runInNewContext("gc");

process.on("SIGUSR2", () => {
  const { rss } = process.memoryUsage();
  collect();
  const { heapUsed, external, arrayBuffers } = process.memoryUsage();
  const handles = process.getActiveResourcesInfo().length;
  appendFileSync(file, `${JSON.stringify({ rss, heapUsed, external, arrayBuffers, handles })}\n`);
});

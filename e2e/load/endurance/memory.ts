import { existsSync, readFileSync } from "node:fs";
import { request as httpRequest } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { parseArgs } from "node:util";
import { build } from "esbuild";
import { z } from "zod";
import { agatha } from "../gateway/agatha";
import { PROMPT } from "../gateway/contender";
import { FAILING } from "../gateway/mock-protocol";
import { startMockProvider } from "../gateway/mock-provider";
import { machineFacts } from "../report";

// npm run bench:memory -- [--minutes 30] [--rate 50]
//
// A gentle load of every kind of end: whole answers, streams, clients who hang up before and in the middle, providers who
// fail. Each minute the server says what it holds after a full collection. What still grows after the first third leaks.

const { values } = parseArgs({
  options: { minutes: { type: "string", default: "30" }, rate: { type: "string", default: "50" } },
});
const [minutes, rate] = [Number(values.minutes), Number(values.rate)];
if (!(minutes >= 1 && minutes <= 24 * 60)) throw new Error("--minutes must be 1 to 1,440.");
if (!(rate >= 1 && rate <= 1_000)) throw new Error("--rate must be 1 to 1,000.");

const MEBIBYTE = 1024 ** 2;
/** A second a stream. */
const PACE_MS = 20;
/** A busy server takes its time to answer a signal. */
const PROBE_MS = 30_000;
/** What the ends of the run may differ by: caches that fill, and code that is compiled late. */
const FLAT_WITHIN = 0.05;

const held = z.object({
  rss: z.number(),
  heapUsed: z.number(),
  external: z.number(),
  arrayBuffers: z.number(),
  handles: z.number(),
});
type Held = z.infer<typeof held>;

interface Kind {
  name: string;
  stream: boolean;
  content?: string;
  /** The client hangs up after so long. */
  hangsUpAfterMs?: number;
}

/** In turn: of ten calls four are whole streams. */
const kinds: readonly Kind[] = [
  { name: "stream", stream: true },
  { name: "answer", stream: false },
  { name: "stream hung up in the middle", stream: true, hangsUpAfterMs: 500 },
  { name: "stream", stream: true },
  { name: "answer", stream: false },
  { name: "provider breaks off", stream: true, content: FAILING },
  { name: "stream", stream: true },
  { name: "hung up at once", stream: false, hangsUpAfterMs: 5 },
  { name: "stream", stream: true },
  { name: "provider fails", stream: false, content: FAILING },
];

const undo: (() => Promise<void> | void)[] = [];
const close = async () => {
  for (const step of undo.splice(0).reverse()) await step();
};
for (const signal of ["SIGINT", "SIGTERM"] as const)
  process.once(signal, () => void close().then(() => process.exit(1)));

/** One call; resolves with how it ended. */
function call(
  port: number,
  key: string,
  { stream, content = PROMPT, hangsUpAfterMs }: Kind,
): Promise<string> {
  return new Promise((resolve) => {
    const asked = httpRequest({
      port,
      method: "POST",
      path: "/v1/chat/completions",
      headers: { authorization: `Bearer ${key}`, "content-type": "application/json" },
    });
    const hangUp =
      hangsUpAfterMs === undefined ? undefined : setTimeout(() => asked.destroy(), hangsUpAfterMs);
    const end = (how: string) => {
      clearTimeout(hangUp);
      resolve(how);
    };
    asked.on("error", () => end("broken"));
    asked.on("response", (response) => {
      response.on("error", () => end("broken"));
      response.on("end", () => end(String(response.statusCode)));
      response.resume();
    });
    asked.end(
      JSON.stringify({ model: "gpt-4o", max_tokens: 64, stream, messages: [{ role: "user", content }] }),
    );
  });
}

const mib = (bytes: number) => (bytes / MEBIBYTE).toFixed(1);
const mean = (rows: readonly Held[], field: keyof Held) =>
  rows.reduce((sum, row) => sum + row[field], 0) / rows.length;

try {
  const facts = machineFacts("18");
  const mock = await startMockProvider({ delayMs: 20, paceMs: PACE_MS });
  undo.push(mock.stop);
  const folder = join(tmpdir(), `agathaai-memory-${process.pid}`);
  const [probe, file] = [join(folder, "probe.mjs"), join(folder, "held.jsonl")];
  await build({
    entryPoints: [new URL("memory-probe.ts", import.meta.url).pathname],
    outfile: probe,
    format: "esm",
    platform: "node",
  });
  const gateway = await agatha(
    { upstream: mock.port, prefix: [] },
    { env: { NODE_OPTIONS: `--import=${probe}`, MEMORY_PROBE_FILE: file } },
  );
  undo.push(gateway.stop);
  const pid = gateway.installation.pid("server");
  const lines = () => (existsSync(file) ? readFileSync(file, "utf8").trim().split("\n") : []);
  const look = async (): Promise<Held> => {
    const before = lines().length;
    process.kill(pid, "SIGUSR2");
    for (const deadline = Date.now() + PROBE_MS; lines().length === before; await sleep(50)) {
      if (Date.now() > deadline) throw new Error("The server did not say what it holds.");
    }
    return held.parse(JSON.parse(lines().at(-1) ?? ""));
  };

  const ends = new Map<string, number>();
  const running = new Set<Promise<void>>();
  let calls = 0;
  let cpu = gateway.cpu().own;
  console.log(`${facts}.\n\n${rate} calls a second for ${minutes} minutes.\n`);
  console.log(
    "| minute | calls | RSS | heap used | external | array buffers | handles | CPU of the server |",
  );
  console.log("|---|---|---|---|---|---|---|---|");
  const show = async (minute: number | string) => {
    const now = await look();
    const used = gateway.cpu().own;
    const cells = [minute, calls, mib(now.rss), mib(now.heapUsed), mib(now.external), mib(now.arrayBuffers)];
    console.log(`| ${[...cells, now.handles, `${(used - cpu).toFixed(1)} s`].join(" | ")} |`);
    cpu = used;
    return now;
  };
  const atRest = await show("at rest");
  const rows: Held[] = [];
  const began = performance.now();
  for (let minute = 1; minute <= minutes; minute++) {
    for (const until = began + minute * 60_000; performance.now() < until; ) {
      const dueAt = began + (calls * 1_000) / rate;
      if (performance.now() < dueAt) await sleep(dueAt - performance.now());
      const kind = kinds[calls % kinds.length];
      const key = gateway.keys[calls % gateway.keys.length];
      if (kind === undefined || key === undefined) throw new Error("There is nothing to ask.");
      calls += 1;
      const done = call(gateway.port, key, kind).then((how) => {
        const what = `${kind.name}: ${how}`;
        ends.set(what, (ends.get(what) ?? 0) + 1);
        running.delete(done);
      });
      running.add(done);
    }
    rows.push(await show(minute));
  }
  await Promise.all(running);
  await sleep(10_000);
  const after = await show("10 s later");
  console.log("");
  for (const [what, times] of ends) console.log(`- ${times.toLocaleString("en-US")} × ${what}`);
  const open = await gateway.installation.db.openCall.count();
  console.log(
    `- Calls still open in the database: ${open}. Handles at rest before and after: ${atRest.handles}, ${after.handles}.`,
  );
  const third = Math.max(1, Math.floor(rows.length / 3));
  const [middle, last] = [rows.slice(third, 2 * third), rows.slice(-third)];
  for (const field of ["rss", "heapUsed", "external"] as const) {
    const growth = mean(last, field) / mean(middle.length > 0 ? middle : last, field) - 1;
    const said = growth <= FLAT_WITHIN ? "flat" : "it grows";
    console.log(`- ${field}: ${(growth * 100).toFixed(1)} % from the second third to the last: ${said}.`);
  }
} finally {
  await close();
}
process.exit(0);

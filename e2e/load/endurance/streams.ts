import { readFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { agatha } from "../gateway/agatha";
import { startMockProvider } from "../gateway/mock-provider";
import { pinning } from "../gateway/pinning";
import { machineFacts } from "../report";
import { openStreams } from "./open-streams";

// npm run bench:streams -- [--streams 10000]
//
// So many streams open at once in one process, a chunk a second each: none may be lost or stand still, and memory has to
// come back. It takes about three minutes, and two open files of the server a stream: one to the client, one to the provider.
// Where `ulimit -Hn` does not allow that, it says how many streams fit instead of measuring refused connections.

const PACE_MS = 1_000;
/** Long enough that the first is still open when the last comes. */
const CHUNKS = 100;
const RECOVERY_MS = 20_000;
const FILES_A_STREAM = 2;
/** Connections to the database, sockets that listen, and those whose close is still under way. */
const OTHER_FILES = 200;

const { values } = parseArgs({ options: { streams: { type: "string", default: "10000" } } });
const wanted = Number(values.streams);
if (!(wanted >= 1 && wanted <= 20_000)) throw new Error("--streams must be 1 to 20,000.");
const fitting = Math.floor((openFilesAllowed() - OTHER_FILES) / FILES_A_STREAM);
if (wanted > fitting) {
  throw new Error(
    `${wanted} streams take ${wanted * FILES_A_STREAM + OTHER_FILES} open files of the server (ulimit -Hn); ${fitting} fit here.`,
  );
}

const undo: (() => Promise<void> | void)[] = [];
const close = async () => {
  for (const step of undo.splice(0).reverse()) await step();
};
for (const signal of ["SIGINT", "SIGTERM"] as const)
  process.once(signal, () => void close().then(() => process.exit(1)));

/** What this machine allows a process: Node raises its own limit to it when it starts. */
function openFilesAllowed(): number {
  const line = /^Max open files\s+\S+\s+(\S+)/m.exec(readFileSync("/proc/self/limits", "utf8"));
  return line?.[1] === "unlimited" ? Number.POSITIVE_INFINITY : Number(line?.[1]);
}

/** Megabytes of memory that a process holds. */
function megabytes(pid: number): number {
  const pages = Number(readFileSync(`/proc/${pid}/statm`, "utf8").split(" ")[1]);
  return Math.round((pages * 4_096) / 1024 ** 2);
}

try {
  const { prefix, said } = pinning();
  const facts = machineFacts("18");
  const mock = await startMockProvider({ delayMs: 0, paceMs: PACE_MS, chunks: CHUNKS });
  undo.push(mock.stop);
  const gateway = await agatha({ upstream: mock.port, prefix });
  undo.push(gateway.stop);
  await gateway.check?.(await mock.counts());
  const pid = gateway.installation.pid("server");
  const before = megabytes(pid);
  let most = before;
  const watching = setInterval(() => {
    most = Math.max(most, megabytes(pid));
  }, 500);
  console.error(`Opening ${wanted.toLocaleString("en-US")} streams …`);
  const cpu = gateway.cpu();
  const started = performance.now();
  const { completed, broken, why, longestGapMs, openAtOnce } = await openStreams({
    port: gateway.port,
    requests: gateway.requests(true),
    streams: wanted,
    chunks: CHUNKS,
  });
  const seconds = (performance.now() - started) / 1_000;
  clearInterval(watching);
  const used = gateway.cpu();
  const wrong = await gateway.check?.(await mock.counts());
  await new Promise((resolve) => setTimeout(resolve, RECOVERY_MS));
  const count = (value: number) => value.toLocaleString("en-US");
  console.log(`
${facts}.
${said}

| streams | open at once | whole | lost | longest gap between two pieces | memory before, at most, ${RECOVERY_MS / 1_000} s later | CPU of the gateway | ledger |
|---|---|---|---|---|---|---|---|
| ${count(wanted)} | ${count(openAtOnce)} | ${count(completed)} | ${count(broken)} | ${(longestGapMs / 1_000).toFixed(1)} s | ${before}, ${most}, ${megabytes(pid)} MiB | ${(((used.own - cpu.own) / seconds) * 100).toFixed(0)} % of a core for ${seconds.toFixed(0)} s | ${wrong ?? "one row each, tokens equal"} |
`);
  for (const [reason, times] of why) console.log(`- ${count(times)} lost: ${reason}`);
} finally {
  await close();
}
process.exit(0);

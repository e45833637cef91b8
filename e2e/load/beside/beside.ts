import { readdirSync } from "node:fs";
import { setPriority } from "node:os";
import { setTimeout as sleep } from "node:timers/promises";
import { parseArgs } from "node:util";
import { WORKER_NICENESS } from "../../../infra/local/process/node-flags";
import { openOwner } from "../customers";
import { agatha } from "../gateway/agatha";
import { startMockProvider } from "../gateway/mock-provider";
import { pinning } from "../gateway/pinning";
import { table } from "../gateway/tables";
import { type LoadResult, percentile, runLoad } from "../load";
import { machineFacts } from "../report";
import { Deliveries } from "./deliveries";
import { askForExports, fillLedger, madeExports } from "./exports";

// npm run bench:beside -- [--deliveries 100000] [--exports 8] [--rate 100] [--seconds 20] [--nice 10]
//
// Model calls at a steady rate: alone, then beside a backlog of webhook deliveries and exports that the worker works off, then alone
// again; on two cores they share one with PostgreSQL. Ends with an error where a delivery was lost or forged, an export was not made, or an answer is not in the ledger.

const { values } = parseArgs({
  options: {
    deliveries: { type: "string", default: "100000" },
    exports: { type: "string", default: "8" },
    rate: { type: "string", default: "100" },
    seconds: { type: "string", default: "20" },
    nice: { type: "string", default: String(WORKER_NICENESS) },
  },
});
const [count, exportCount] = [Number(values.deliveries), Number(values.exports)];
const [rate, seconds] = [Number(values.rate), Number(values.seconds)];
if (!(count >= 10 && count <= 1_000_000)) throw new Error("--deliveries must be 10 to 1,000,000.");
if (!(exportCount >= 0 && exportCount <= 100)) throw new Error("--exports must be 0 to 100.");
if (!(rate >= 1 && rate <= 1_000)) throw new Error("--rate must be 1 to 1,000.");
if (!(seconds >= 1 && seconds <= 300)) throw new Error("--seconds must be 1 to 300.");

const nice = Number(values.nice);
if (!(nice >= 0 && nice <= 19)) throw new Error("--nice must be 0 to 19.");

const PROVIDER_MS = 20;
const WARM_UP_SECONDS = 2;
/** A delivery takes a few milliseconds of two cores, and one that hangs fifteen seconds. */
const drainMs = 120_000 + count * 20;

const undo: (() => Promise<void> | void)[] = [];
const close = async () => {
  for (const step of undo.splice(0).reverse()) await step();
};
for (const signal of ["SIGINT", "SIGTERM"] as const)
  process.once(signal, () => void close().then(() => process.exit(1)));

const ms = (result: LoadResult, p: number) => percentile(result.latencies, p).toFixed(1);

/** The worker first records the rows that were filled in, and vacuums follow: no part of what is measured. */
async function untilQuiet(cpuSeconds: () => number): Promise<void> {
  for (const deadline = Date.now() + 240_000; Date.now() < deadline; ) {
    const before = cpuSeconds();
    await sleep(5_000);
    if (cpuSeconds() - before < 0.4) return;
  }
  throw new Error("PostgreSQL did not come to rest within four minutes");
}

async function run(): Promise<void> {
  const { prefix, said } = pinning();
  const mock = await startMockProvider({ delayMs: PROVIDER_MS });
  undo.push(mock.stop);
  const gateway = await agatha({ upstream: mock.port, prefix });
  undo.push(gateway.stop);
  const { installation } = gateway;
  const { db } = installation;
  const deliveries = new Deliveries(db);
  undo.push(() => deliveries.close());
  await deliveries.open();
  const owners = await Promise.all(Array.from({ length: exportCount }, () => openOwner(db)));
  await fillLedger(db, owners);
  await gateway.check?.({ answers: 0, streams: 0 });
  await installation.start("worker");
  // A worker that shares a machine with the server starts with a low priority. On Linux a running one gets it thread by thread.
  for (const thread of readdirSync(`/proc/${installation.pid("worker")}/task`))
    setPriority(Number(thread), nice);

  await untilQuiet(() => installation.cpu().postgres);

  const rows: string[][] = [];
  let answered = (await mock.counts()).answers;
  const measure = async (what: string) => {
    const left = await deliveries.left();
    const before = installation.cpu();
    const result = await runLoad(
      {
        port: gateway.port,
        connections: 128,
        requests: gateway.requests(false),
        warmupSeconds: WARM_UP_SECONDS,
        seconds,
        rate,
      },
      () => undefined,
    );
    const { answers } = await mock.counts();
    const wrong = await gateway.check?.({ answers: answers - answered, streams: 0 });
    if (wrong !== undefined) throw new Error(`void, for ${wrong}`);
    if (Object.keys(result.statuses).join() !== "200")
      throw new Error(`not every answer was 200: ${JSON.stringify(result.statuses)}`);
    answered = answers;
    const settled = left - (await deliveries.left());
    const after = installation.cpu();
    const share = (part: "worker" | "postgres") =>
      `${Math.round(((after[part] - before[part]) / (seconds + WARM_UP_SECONDS)) * 100)} %`;
    rows.push([
      what,
      ...[0.5, 0.95, 0.99].map((p) => ms(result, p)),
      String(Math.max(0, settled)),
      share("worker"),
      share("postgres"),
    ]);
  };

  await measure("alone");
  console.error(`Making ${count.toLocaleString("en-US")} deliveries and ${exportCount} exports …`);
  await deliveries.emit(count);
  await askForExports(db, owners);
  await measure("beside deliveries and exports");
  await deliveries.drain(drainMs);
  const made = await madeExports(db, drainMs);
  await measure("alone again");

  const head = [
    "calls",
    "p50 (ms)",
    "p95 (ms)",
    "p99 (ms)",
    "deliveries meanwhile",
    "worker, of a core",
    "PostgreSQL",
  ];
  console.log(
    `\n${machineFacts("18")}. ${said} ${rate} calls a second; the provider takes ${PROVIDER_MS} ms.\n`,
  );
  console.log(table(head, rows));
  const { calls, faults } = await deliveries.outcome();
  console.log(
    `\n${deliveries.count.toLocaleString("en-US")} deliveries took ${calls.toLocaleString("en-US")} calls; ${made} of ${exportCount} exports were made.`,
  );
  if (made !== exportCount) faults.push(`${exportCount - made} exports were not made`);
  if (faults.length > 0) throw new Error(faults.join("; "));
  console.log("None was lost, and none was forged.");
}

try {
  await run();
} finally {
  await close();
}
process.exit(0);

import { setPriority } from "node:os";
import { parseArgs } from "node:util";
import { openOwner } from "../customers";
import { agatha } from "../gateway/agatha";
import { startMockProvider } from "../gateway/mock-provider";
import { pinning } from "../gateway/pinning";
import { table } from "../gateway/tables";
import { type LoadResult, percentile, runLoad } from "../load";
import { machineFacts } from "../report";
import { Deliveries } from "./deliveries";
import { askForExports, fillLedger, madeExports } from "./exports";

// npm run bench:beside -- [--deliveries 100000] [--exports 8] [--rate 100] [--seconds 20] [--nice 0]
//
// Model calls at a steady rate: alone, then beside a backlog of webhook deliveries and exports that the worker works off, then alone
// again; on two cores they share one with PostgreSQL. Ends with an error where a delivery was lost or forged, an export was not made, or an answer is not in the ledger.

const { values } = parseArgs({
  options: {
    deliveries: { type: "string", default: "100000" },
    exports: { type: "string", default: "8" },
    rate: { type: "string", default: "100" },
    seconds: { type: "string", default: "20" },
    nice: { type: "string", default: "0" },
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
/** A delivery takes a few milliseconds of two cores, and one that hangs fifteen seconds. */
const drainMs = 120_000 + count * 20;

const undo: (() => Promise<void> | void)[] = [];
const close = async () => {
  for (const step of undo.splice(0).reverse()) await step();
};
for (const signal of ["SIGINT", "SIGTERM"] as const)
  process.once(signal, () => void close().then(() => process.exit(1)));

const ms = (result: LoadResult, p: number) => percentile(result.latencies, p).toFixed(1);

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
  // A worker has a machine of its own in production; here it may let the others of its core go first.
  setPriority(installation.pid("worker"), nice);

  const rows: string[][] = [];
  let answered = (await mock.counts()).answers;
  const measure = async (what: string) => {
    const left = await deliveries.left();
    const result = await runLoad(
      {
        port: gateway.port,
        connections: 128,
        requests: gateway.requests(false),
        warmupSeconds: 2,
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
    rows.push([what, ms(result, 0.5), ms(result, 0.95), ms(result, 0.99), String(Math.max(0, settled))]);
  };

  await measure("alone");
  console.error(`Making ${count.toLocaleString("en-US")} deliveries and ${exportCount} exports …`);
  await deliveries.emit(count);
  await askForExports(db, owners);
  await measure("beside deliveries and exports");
  await deliveries.drain(drainMs);
  const made = await madeExports(db, drainMs);
  await measure("alone again");

  const head = ["calls", "p50 (ms)", "p95 (ms)", "p99 (ms)", "deliveries meanwhile"];
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

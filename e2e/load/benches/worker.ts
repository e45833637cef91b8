import { setTimeout as sleep } from "node:timers/promises";
import { perRequest, type Row } from "../measure";
import type { Bench } from "./bench";
import { fillQueue } from "./fill-queue";

const BACKLOG = 4_000;
/** Measured after this many, when the worker's code is warm. */
const WARM = 500;

/** One worker with its defaults works off a backlog: SQS → provider (the simulator, without delay) → ledger. */
export async function benchWorker(bench: Bench): Promise<Row[]> {
  const { installation, variant } = bench;
  await fillQueue(bench, BACKLOG);
  const left = () =>
    installation.db.inferenceRequest.count({ where: { status: { in: ["queued", "processing"] } } });
  const total = await left();
  await installation.start("worker");
  while ((await left()) > total - WARM) await sleep(50);

  const [before, first, began] = [installation.cpu(), await left(), performance.now()];
  for (const deadline = Date.now() + 120_000; (await left()) > 0; await sleep(100)) {
    if (Date.now() > deadline)
      throw new Error(`${await left()} requests were not worked off in two minutes.`);
  }
  const seconds = (performance.now() - began) / 1_000;
  const after = installation.cpu();
  await installation.stop("worker");
  return [
    {
      what: `worker, from queue to ledger${variant}`,
      target: "",
      perSecond: first / seconds,
      cpu: perRequest(before, after, first),
      note: `${first.toLocaleString("en-US")} requests of the enterprise queue in ${seconds.toFixed(1)} s, one worker, 16 at once; the provider simulators answer without delay in the same process as SQS`,
    },
  ];
}

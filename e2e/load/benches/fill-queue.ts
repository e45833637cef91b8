import { runLoad } from "../load";
import { type Bench, submissions } from "./bench";

const RATE = 400;

/** About `count` requests accepted and queued, at a rate that any machine keeps. */
export async function fillQueue({ installation, customers }: Bench, count: number): Promise<void> {
  const load = { connections: 64, requests: submissions(customers), warmupSeconds: 0, rate: RATE };
  const { statuses } = await runLoad({ ...load, seconds: count / RATE, port: installation.port }, () => {});
  if (Object.keys(statuses).join() !== "202") throw new Error(`not accepted: ${JSON.stringify(statuses)}`);
}

import { measure, type Row } from "../measure";
import { type Bench, submissions } from "./bench";

const RATE = 500;

/** `POST /api/v1/inference`: first at a rate, then as many as can be. No worker runs: it is measured on its own. */
export async function benchSubmit({ installation, customers, seconds, variant }: Bench): Promise<Row[]> {
  const requests = submissions(customers);
  const expected = 202;
  return [
    await measure(installation, {
      what: `submit at ${RATE}/s${variant}`,
      target: "p95 < 10 ms",
      expected,
      requests,
      connections: 128,
      warmupSeconds: 5,
      seconds,
      rate: RATE,
    }),
    await measure(installation, {
      what: `submit, as many as can be (64 connections)${variant}`,
      target: "≥ 1,500/s",
      expected,
      requests,
      connections: 64,
      warmupSeconds: 3,
      seconds,
    }),
  ];
}

import type { Db } from "../../../src/core/platform";
import type { Customer } from "../customers";
import { httpText } from "../load";
import { measure, type Row } from "../measure";
import { type Bench, PROMPT } from "./bench";

const RATE = 200;

/**
 * `POST /v1/chat/completions` with everything on: keys, limits, reservation, ledger, audit. The provider simulator answers
 * at once, so what is measured is what we add; its work is shared out as `queue`. A run whose answers are not all in the
 * ledger is void.
 */
export async function benchCompletions({ installation, customers, seconds, variant }: Bench): Promise<Row[]> {
  const common = { expected: 200, warmupSeconds: 4, seconds };
  const whole = completions(customers, { stream: false });
  const before = await ledgerRows(installation.db);
  const rows = [
    await measure(installation, {
      ...common,
      what: `completion at ${RATE}/s${variant}`,
      target: "p50 ≤ 3 ms, p99 ≤ 10 ms",
      requests: whole,
      connections: 128,
      rate: RATE,
    }),
    await measure(installation, {
      ...common,
      what: `completion, as many as can be (64 connections)${variant}`,
      target: "",
      requests: whole,
      connections: 64,
    }),
    await measure(installation, {
      ...common,
      what: `streamed completion, as many as can be (64 connections)${variant}`,
      target: "",
      requests: completions(customers, { stream: true }),
      connections: 64,
    }),
  ];
  const answers = rows.reduce((sum, { count = 0 }) => sum + count, 0);
  const written = (await ledgerRows(installation.db)) - before;
  if (written < answers) throw new Error(`${answers} answers, but ${written} rows in the ledger.`);
  return rows;
}

function completions(customers: readonly Customer[], { stream }: { stream: boolean }): string[] {
  return customers.map(({ key }) =>
    httpText({
      method: "POST",
      path: "/v1/chat/completions",
      headers: { authorization: `Bearer ${key}` },
      body: {
        model: "gpt-4o",
        messages: [{ role: "user", content: PROMPT }],
        max_tokens: 64,
        temperature: 0.7,
        ...(stream && { stream, stream_options: { include_usage: true } }),
      },
    }),
  );
}

async function ledgerRows(db: Db): Promise<number> {
  return await db.usageLedger.count({ where: { status: "completed" } });
}

import { setTimeout as sleep } from "node:timers/promises";
import { fromPublicId } from "@agathaai/core/platform";
import type pg from "pg";
import { expect } from "vitest";
import type { Customer } from "./open-customer";

/** What one caller of /v1 saw. */
export interface SeenStream {
  /**
   * `whole`: `[DONE]` came; `told`: an error in the stream; `cut`: a stream that ended with its connection; `refused` an error
   * status; `unanswered` no status at all.
   */
  ended: "whole" | "told" | "cut" | "refused" | "unanswered";
  status: number | undefined;
  id: string | undefined;
  tokens: { input: number; output: number } | undefined;
  retryAfter: string | null;
  /** Which version answered, where a balancer stands before several. */
  servedBy: string | null;
  ms: number;
}

/** Streams completions, so many at a time, until it is told to stop. No call may take longer than half a minute. */
export function streamMany(
  url: string,
  { key }: Customer,
  options: { atOnce: number; prompt(n: number): string },
) {
  const seen: SeenStream[] = [];
  let stopped = false;
  let next = 0;
  const caller = async () => {
    while (!stopped) {
      const one = await streamOne(url, key, options.prompt(next++));
      seen.push(one);
      if (one.ended !== "whole") await sleep(100);
    }
  };
  const callers = Promise.all(Array.from({ length: options.atOnce }, caller));
  return {
    seen,
    stop: async () => {
      stopped = true;
      await callers;
      return seen;
    },
  };
}

export async function streamOne(url: string, key: string, content: string): Promise<SeenStream> {
  const began = performance.now();
  let text = "";
  let answer: Response | undefined;
  const seen = (ended: SeenStream["ended"]): SeenStream => {
    const id = /"id":"(inf_\w+)"/.exec(text)?.[1];
    const usage = /"prompt_tokens":(\d+),"completion_tokens":(\d+)/.exec(text);
    return {
      ended,
      status: answer?.status,
      id: id === undefined ? undefined : fromPublicId("inf", id),
      tokens: usage === null ? undefined : { input: Number(usage[1]), output: Number(usage[2]) },
      retryAfter: answer?.headers.get("retry-after") ?? null,
      servedBy: answer?.headers.get("x-served-by") ?? null,
      ms: performance.now() - began,
    };
  };
  try {
    answer = await fetch(`${url}/v1/chat/completions`, {
      method: "POST",
      headers: { "content-type": "application/json", authorization: `Bearer ${key}` },
      body: JSON.stringify({
        model: "gpt-4o",
        messages: [{ role: "user", content }],
        max_tokens: 64,
        stream: true,
        stream_options: { include_usage: true },
      }),
      signal: AbortSignal.timeout(30_000),
    });
    const reader = answer.body?.pipeThrough(new TextDecoderStream()).getReader();
    for (let read = await reader?.read(); read?.value !== undefined; read = await reader?.read())
      text += read.value;
    if (answer.status !== 200) return seen("refused");
    if (text.endsWith("data: [DONE]\n\n")) return seen("whole");
    return seen(/\ndata: \{"error":/.test(text) ? "told" : "cut");
  } catch (error) {
    if (error instanceof DOMException) throw new Error(`a call hung for ${performance.now() - began} ms`);
    return seen(answer === undefined ? "unanswered" : "cut");
  }
}

/**
 * Counts what the product promises: nothing stays open or held; a caller who got a whole answer is billed exactly what it says;
 * a caller who did not has at most one row; and quota and caps add up to the ledger.
 */
export async function auditStreams(
  sql: pg.Client,
  { orgId }: Customer,
  seen: readonly SeenStream[],
): Promise<void> {
  await expect
    .poll(async () => (await sql.query("SELECT id FROM open_calls WHERE org_id = $1", [orgId])).rows, {
      timeout: 20_000,
    })
    .toEqual([]);
  const { rows: ledger } = await sql.query<{
    id: string;
    status: string;
    input: number;
    output: number;
    cost: string;
  }>(
    `SELECT request_id AS id, status::text, input_tokens::int AS input, output_tokens::int AS output,
       cost_micros::text AS cost FROM usage_ledger WHERE org_id = $1`,
    [orgId],
  );
  const rows = new Map(ledger.map((row) => [row.id, row]));
  expect(rows.size, "one row a call").toBe(ledger.length);
  const whole = seen.filter(({ ended }) => ended === "whole");
  const wrong = whole.filter(({ id = "", tokens }) => {
    const row = rows.get(id);
    return row?.status !== "completed" || row.input !== tokens?.input || row.output !== tokens.output;
  });
  expect(wrong, "billed as the answer said").toEqual([]);

  // Usage may reach the counters a moment after it was settled.
  await expect
    .poll(
      async () => {
        const { rows: counted } = await sql.query(
          `SELECT q.used = l.tokens AS tokens, q.spent = l.cost AS money, k.spent = l.cost AS key_money, q.held + k.held AS held
           FROM (SELECT coalesce(sum(used_tokens), 0) AS used, coalesce(sum(spent_micros), 0) AS spent,
                   coalesce(sum(reserved_tokens + reserved_micros), 0) AS held FROM quota_counters WHERE org_id = $1) q,
                (SELECT coalesce(sum(spent_micros), 0) AS spent, coalesce(sum(reserved_micros), 0) AS held
                 FROM key_spend WHERE org_id = $1) k,
                (SELECT coalesce(sum(input_tokens + output_tokens), 0) AS tokens, coalesce(sum(cost_micros), 0) AS cost
                 FROM usage_ledger WHERE org_id = $1 AND billable) l`,
          [orgId],
        );
        return counted;
      },
      { timeout: 20_000 },
    )
    .toEqual([{ tokens: true, money: true, key_money: true, held: "0" }]);
}

import { setTimeout as sleep } from "node:timers/promises";
import { expect, it } from "vitest";
import { until } from "../../../infra/testing/until";
import { eventsOf } from "../../support/chat-stream";
import { type Script, startScriptedProvider } from "../../support/provider/scripted-provider";
import { type Customer, openRoomyCustomer } from "../support/open-customer";
import {
  asSeen,
  messages,
  type OpenedStream,
  openStreams,
  piecesIn,
  streamedModels,
  untilStreamsAgain,
} from "../support/open-streams";
import { auditStreams } from "../support/stream-many";
import { useOwnPostgres } from "../support/use-own-postgres";

/** What calls of /v1 see while PostgreSQL is away: those under way, and those that come. */

const provider = await startScriptedProvider();
const { processes, wire, connected } = await useOwnPostgres(1, provider.env);

const newCustomer = () => connected((sql) => openRoomyCustomer(processes.url, sql));

/** One of each model, all of them answering. */
const underWay = (who: Customer, script: Script) => openStreams(processes.url, who, { provider, script });

interface Refused {
  status: number;
  code: string;
  retryAfter: string | null;
  retryAfterMs: string | null;
  ms: number;
}

/** New calls by every way in, one after the other. */
async function newCalls(keys: readonly string[]): Promise<Refused[]> {
  const refused: Refused[] = [];
  for (const key of keys) {
    for (const [path, body] of [
      ["/v1/chat/completions", { model: "gpt-4o", messages, stream: true }],
      ["/v1/chat/completions", { model: "gemini-3.8-flash", messages }],
      ["/v1/embeddings", { model: "text-embedding-3-small", input: "agate" }],
    ] as const) {
      const began = performance.now();
      const response = await fetch(processes.url + path, {
        method: "POST",
        headers: { "content-type": "application/json", authorization: `Bearer ${key}` },
        body: JSON.stringify(body),
        signal: AbortSignal.timeout(30_000),
      });
      const { error } = (await response.json()) as { error?: { code: string } };
      refused.push({
        status: response.status,
        code: error?.code ?? "",
        retryAfter: response.headers.get("retry-after"),
        retryAfterMs: response.headers.get("retry-after-ms"),
        ms: Math.round(performance.now() - began),
      });
    }
  }
  return refused;
}

function expectAway(refused: readonly Refused[]): void {
  for (const one of refused) {
    expect(one).toMatchObject({
      ...{ status: 503, code: "service_unavailable" },
      ...{ retryAfter: expect.stringMatching(/^\d+$/), retryAfterMs: expect.stringMatching(/^\d+$/) },
    });
  }
}

const audit = async (who: Customer, opened: readonly OpenedStream[]) => {
  await connected((sql) => auditStreams(sql, who, opened.map(asSeen)));
};

const answersAgain = (who: Customer) => untilStreamsAgain(processes.url, who, provider);

/** No time to renew rows runs since the installation began: the next outage is one of its own. */
const watchedSteadily = () =>
  until(
    async () =>
      await connected(
        async (sql) =>
          (await sql.query("SELECT 1 FROM leases WHERE name = 'grace of calls'")).rows.length === 0,
      ),
  );

it.each([
  ["is down", () => wire.stop()],
  ["hangs", () => wire.hang()],
] as const)(
  "while PostgreSQL %s new calls get 503 with a time to come back and never 401, and streams under way go on and are settled",
  async (what, cut) => {
    const who = await newCustomer();
    // Nobody has asked with this key yet.
    const unknown = await newCustomer();
    await answersAgain(who);
    await watchedSteadily();
    const opened = await underWay(who, { pieces: 160, paceMs: 50 });
    await cut();
    try {
      const before = opened.map(({ read }) => piecesIn(read.text));
      const first = await newCalls([who.key, unknown.key]);
      expectAway(first);
      // What a process knew of its callers has grown old by now.
      await sleep(5_500);
      const late = await newCalls([who.key, unknown.key]);
      expectAway(late);
      for (const [index, { read }] of opened.entries())
        expect(piecesIn(read.text)).toBeGreaterThan((before[index] ?? 0) + 20);
      const ms = [...first, ...late].map((one) => one.ms).sort((a, b) => a - b);
      console.log(`PostgreSQL ${what}: refused in ms`, JSON.stringify(ms));
    } finally {
      await wire.start();
    }
    await until(() => opened.every(({ read }) => read.ended));
    for (const { read } of opened) {
      expect(eventsOf(read.text).at(-1)).toBe("data: [DONE]");
      expect(piecesIn(read.text)).toBe(160);
    }
    await answersAgain(who);
    await audit(who, opened);
  },
);

it("a settlement waits a minute for PostgreSQL; then its stream ends with an error in it, unbilled, and nothing stays held", async () => {
  const who = await newCustomer();
  await answersAgain(who);
  const opened = await underWay(who, { pieces: 30, paceMs: 50 });
  await wire.stop();
  try {
    await until(() => opened.every(({ read }) => piecesIn(read.text) === 30));
    expect(opened.some(({ read }) => read.ended)).toBe(false);
    await until(() => opened.every(({ read }) => read.ended), 120_000);
  } finally {
    await wire.start();
  }
  for (const { read } of opened) {
    const { error } = JSON.parse((eventsOf(read.text).at(-1) ?? "").replace(/^data: /, ""));
    expect(error.code).toBe("service_unavailable");
    expect(read.text).not.toContain("[DONE]");
  }
  await answersAgain(who);
  await audit(who, opened);
  await connected(async (sql) => {
    const { rows } = await sql.query(
      `SELECT status::text, billable, cost_micros::int AS cost, count(*)::int AS rows FROM usage_ledger
       WHERE org_id = $1 AND status <> 'completed' GROUP BY 1, 2, 3`,
      [who.orgId],
    );
    expect(rows).toEqual([{ status: "failed", billable: false, cost: 0, rows: streamedModels.length }]);
  });
});

import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { hasRedis, startRedis } from "../../infra/testing/redis/start-redis";
import { until } from "../../infra/testing/until";
import { moneyOf } from "../support/ledger";
import { startHoldingProvider } from "./support/holding-provider";
import type { Customer } from "./support/open-customer";
import { useInstallation } from "./support/use-installation";

/** 200 calls of /v1 at the same time, against a cap with room for 50, over three processes on one port. */

const CALLS = 200;
const ROOM = 50;
const PROCESSES = 3;

const redis = hasRedis ? await startRedis() : undefined;
afterAll(() => redis?.stop());
const provider = await startHoldingProvider();
const { processes, sql, customer } = await useInstallation({
  workers: 0,
  env: {
    SERVER_PROCESSES: String(PROCESSES),
    OPENAI_BASE_URL: provider.url,
    OPENAI_API_KEY: "sk-held",
    ...(redis && { REDIS_URL: redis.url }),
  },
});

/** Both ways in, and what says that a call was let in. */
const ways = {
  chat: {
    ...{ path: "/v1/chat/completions", admitted: 200, reservedIn: "usage_ledger" },
    body: { messages: [{ role: "user", content: "Count to fifty." }] },
  },
  queue: {
    ...{ path: "/api/v1/inference", admitted: 202, reservedIn: "inference_requests" },
    body: { prompt: "Count to fifty." },
  },
} as const;
type Way = (typeof ways)[keyof typeof ways];

interface Answer {
  status: number;
  code: string | undefined;
}

/** Over a connection of its own, so that the calls are handed around. */
async function call({ key }: Customer, { path, body }: Way): Promise<Answer> {
  const response = await fetch(processes.url + path, {
    method: "POST",
    headers: { "content-type": "application/json", authorization: `Bearer ${key}`, connection: "close" },
    body: JSON.stringify({ model: "gpt-4o", max_tokens: 64, ...body }),
    signal: AbortSignal.timeout(90_000),
  });
  const answer = (await response.json()) as { error?: { code: string } };
  return { status: response.status, code: answer.error?.code };
}

beforeAll(async () => {
  const alive = async () =>
    (await sql.query("SELECT id FROM admission_processes WHERE expires_at > now()")).rows.length;
  await until(async () => (await alive()) === PROCESSES);
});

interface Amounts {
  tokens: number;
  micros: number;
}

/** What one call reserves. */
async function reservedBy(way: Way): Promise<Amounts> {
  const who = await customer();
  expect((await call(who, way)).status).toBe(way.admitted);
  const { rows } = await sql.query<Amounts>(
    `SELECT reserved_tokens::int AS tokens, reserved_micros::int AS micros FROM ${way.reservedIn} WHERE org_id = $1`,
    [who.orgId],
  );
  const { tokens, micros } = rows[0] ?? { tokens: 0, micros: 0 };
  expect(Math.min(tokens, micros)).toBeGreaterThan(0);
  return { tokens, micros };
}

/** Room for fifty, and almost for one more. */
const room = (one: number) => (ROOM + 1) * one - 1;

const caps: {
  cap: string;
  refusal: Answer;
  set(who: Customer, each: Amounts): Promise<unknown>;
}[] = [
  {
    cap: "the key's cap",
    refusal: { status: 402, code: "spend_cap_reached" },
    set: ({ orgId }, each) =>
      sql.query("UPDATE api_keys SET monthly_cap_micros = $2 WHERE org_id = $1", [orgId, room(each.micros)]),
  },
  {
    cap: "the organization's cap",
    refusal: { status: 402, code: "spend_cap_reached" },
    set: ({ orgId }, each) =>
      sql.query("UPDATE subscriptions SET monthly_cap_micros = $2 WHERE org_id = $1", [
        orgId,
        room(each.micros),
      ]),
  },
  {
    cap: "the month's tokens",
    refusal: { status: 429, code: "quota_exceeded" },
    set: ({ orgId }, each) =>
      sql.query("UPDATE subscriptions SET custom_monthly_tokens = $2 WHERE org_id = $1", [
        orgId,
        room(each.tokens),
      ]),
  },
];

const states = [
  { state: "answers", begin: async () => {}, end: async () => {} },
  { state: "hangs", begin: async () => redis?.freeze(), end: async () => redis?.thaw() },
  { state: "is dead", begin: async () => await redis?.kill(), end: async () => await redis?.start() },
].slice(0, redis === undefined ? 1 : 3);
type State = Pick<(typeof states)[number], "begin" | "end">;

/** All at once; no answer comes before every call has been decided, so no room comes back meanwhile. */
async function fire(who: Customer, way: Way, { begin, end }: State): Promise<Answer[]> {
  provider.hold();
  await begin();
  try {
    let ended = 0;
    const calls = Array.from({ length: CALLS }, async () => {
      const answer = await call(who, way);
      ended += 1;
      return answer;
    });
    await until(() => ended + provider.held() === CALLS);
    provider.release();
    return await Promise.all(calls);
  } finally {
    provider.release();
    await end();
  }
}

function expectFifty(answers: readonly Answer[], { admitted }: Way, refusal: Answer): void {
  const refused = answers.filter(({ status }) => status !== admitted);
  expect(answers.length - refused.length).toBe(ROOM);
  expect(refused).toEqual(Array.from({ length: CALLS - ROOM }, () => refusal));
}

async function expectExactBooks({ orgId }: Customer): Promise<void> {
  await expect
    .poll(() => moneyOf(orgId), { timeout: 30_000 })
    .toMatchObject({ rows: ROOM, held: 0, tokens: 0, micros: 0, keyMicros: 0 });
  const { rows: billed } = await sql.query(
    `SELECT status::text, estimated, input_tokens::int AS input, output_tokens::int AS output, count(*)::int AS rows
     FROM usage_ledger WHERE org_id = $1 GROUP BY 1, 2, 3, 4`,
    [orgId],
  );
  expect(billed).toEqual([{ status: "completed", estimated: false, input: 11, output: 7, rows: ROOM }]);
}

describe.each(states)(redis === undefined ? "without Redis" : "while Redis $state", (state) => {
  it.each(caps)(
    "200 parallel calls against $cap with room for 50 over three processes: 50 are answered, 150 refused, each billed once",
    async ({ cap, set, refusal }) => {
      const way = ways.chat;
      const each = await reservedBy(way);
      const who = await customer();
      await set(who, each);
      const answers = await fire(who, way, state);
      const ran = answers.filter(({ status }) => status === way.admitted).length;
      console.log(`${cap}, Redis ${state.state}: of ${CALLS} calls ${ran} were answered`);
      expectFifty(answers, way, refusal);
      await expectExactBooks(who);
    },
  );
});

it.each(caps)(
  "200 parallel requests for the queue against $cap with room for 50 over three processes: 50 are accepted, 150 refused, each billed once",
  async ({ set, refusal }) => {
    const way = ways.queue;
    const each = await reservedBy(way);
    const who = await customer();
    await set(who, each);
    // Nobody runs them yet, so every one holds its reservation.
    const answers = await fire(who, way, states[0] ?? { begin: async () => {}, end: async () => {} });
    expectFifty(answers, way, refusal);
    const worker = await processes.addWorker();
    await expectExactBooks(who);
    await worker.stop();
  },
);

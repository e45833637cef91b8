import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { useTestStack } from "../../../infra/testing/use-test-stack";
import { consumeLimit } from "../limits";
import { fromPublicId, type KeyPrincipal, newId, reachOf, type UserPrincipal } from "../platform";
import { asOrganization } from "../platform/db/as-organization";
import { createDb, Prisma } from "../platform/db/client";
import { boundsOf } from "../platform/list";
import { getRateLimit, planLimitOf } from "../quota";
import { exportUsage, getUsage, usageQuerySchema } from "../usage";
import { historySql } from "./history/list-history";
import {
  cancelInference,
  completeRequest,
  deleteRequest,
  getInference,
  getInferenceDetail,
  getInferenceResult,
  historyQuerySchema,
  listHistory,
  quoteInference,
  submitInference,
} from "./index";
import { answer, claim, hello, makeCaller, personOf, RecordingQueue, submit } from "./testing/world";

const stack = await useTestStack();
const db = createDb({ url: stack.databaseUrl, poolMax: 6 });
const queue = new RecordingQueue();
afterAll(() => db.$disconnect());

/** Two keys and a member of one organization, with a request of each key that was answered and one that waits. */
let live: KeyPrincipal;
let testing: KeyPrincipal;
let person: UserPrincipal;
const ids = { live: [] as string[], test: [] as string[] };

beforeAll(async () => {
  live = await makeCaller(db);
  testing = { ...live, environment: "test", apiKeyId: newId(), spendId: newId() };
  person = { ...personOf(live), scopes: new Set(["usage:read", "requests:read_all"]) };
  for (const [world, key] of [
    [ids.live, live],
    [ids.test, testing],
  ] as const) {
    const done = await submit(db, queue, key);
    await completeRequest(db, { job: await claim(db, done), completion: answer, latencyMs: 5 });
    world.push(done, await submit(db, queue, key));
  }
});

const history = async (principal: KeyPrincipal | UserPrincipal, query: object = {}) =>
  (await listHistory(db, { principal, query: historyQuerySchema.parse(query) })).data.map(({ id }) =>
    fromPublicId("inf", id),
  );
const newestFirst = (...requests: string[]) => requests.toSorted().toReversed();
const refusal = { code: "invalid_request", status: 400, param: "environment" };

describe("a request of the other environment", () => {
  const actions = {
    getInference,
    getInferenceResult,
    getInferenceDetail,
    cancelInference,
    deleteRequest,
  };

  test.each(Object.entries(actions))(
    "is a 404 for a key of the other environment: %s",
    async (_name, action) => {
      for (const [key, foreign] of [
        [live, ids.test],
        [testing, ids.live],
      ] as const) {
        for (const requestId of foreign) {
          const found = await action(db, { ...reachOf(key), requestId }).catch((error: unknown) => error);
          const none = await action(db, { ...reachOf(key), requestId: newId() }).catch(
            (error: unknown) => error,
          );
          expect(found).toMatchObject({ code: "not_found", status: 404 });
          expect(found).toEqual(none);
        }
      }
      const rows = await db.inferenceRequest.findMany({ where: { orgId: live.orgId } });
      expect(rows.map(({ status, deletedAt }) => [status, deletedAt]).toSorted()).toEqual([
        ["completed", null],
        ["completed", null],
        ["queued", null],
        ["queued", null],
      ]);
    },
  );

  test("is there for its own key, and for a person by its id alone", async () => {
    for (const [key, own] of [
      [live, ids.live],
      [testing, ids.test],
    ] as const) {
      for (const requestId of own) {
        expect(await getInference(db, { ...reachOf(key), requestId })).toBeTruthy();
        expect(await getInferenceDetail(db, { ...reachOf(person), requestId })).toMatchObject({
          environment: key.environment,
        });
      }
    }
  });
});

describe("lists and figures", () => {
  test("show a key its own environment; naming it changes nothing, naming another is refused by name", async () => {
    expect(await history(live)).toEqual(newestFirst(...ids.live));
    expect(await history(testing)).toEqual(newestFirst(...ids.test));
    expect(await history(testing, { environment: "test" })).toEqual(newestFirst(...ids.test));
    for (const [key, other] of [
      [testing, "live"],
      [live, "test"],
      [testing, "all"],
      [live, "all"],
    ] as const) {
      const query = usageQuerySchema.parse({ environment: other });
      await expect(history(key, { environment: other })).rejects.toMatchObject(refusal);
      await expect(getUsage(db, { principal: key, query })).rejects.toMatchObject(refusal);
      await expect(exportUsage(db, { principal: key, query })).rejects.toMatchObject(refusal);
      if (other === "all") continue;
      const input = { ...hello, environment: other };
      await expect(quoteInference(db, { principal: key, input })).rejects.toMatchObject(refusal);
      await expect(submitInference(db, queue, { principal: key, input, traceId: "t" })).rejects.toMatchObject(
        refusal,
      );
    }
  });

  test("show a person the live environment unless told otherwise, and before their address is verified the test one", async () => {
    const unverified = { ...person, emailVerified: false };
    const count = async (principal: KeyPrincipal | UserPrincipal, query: object = {}) =>
      (await getUsage(db, { principal, query: usageQuerySchema.parse(query) })).totals;
    for (const [query, expected, figures] of [
      [{}, ids.live, { requests: 1, cost_micros: expect.toSatisfy((cost: number) => cost > 0) }],
      [{ environment: "live" }, ids.live, { requests: 1 }],
      [{ environment: "test" }, ids.test, { requests: 1, cost_micros: 0 }],
      [{ environment: "all" }, [...ids.live, ...ids.test], { requests: 2 }],
    ] as const) {
      expect(await history(person, query)).toEqual(newestFirst(...expected));
      expect(await count(person, query)).toMatchObject(figures);
    }
    expect(await history(unverified)).toEqual(newestFirst(...ids.test));
    expect(await count(unverified)).toMatchObject({ requests: 1, cost_micros: 0 });
    expect(await count(testing)).toMatchObject({ requests: 1, cost_micros: 0 });
    expect(await count(testing, { api_key_id: undefined, group_by: "api_key" })).toMatchObject({
      requests: 1,
    });
  });

  test("page through both environments together without a gap or a repeat", async () => {
    const seen: string[] = [];
    for (let cursor: string | null = null; ; ) {
      const page = await listHistory(db, {
        principal: person,
        query: historyQuerySchema.parse({ environment: "all", limit: 1, ...(cursor && { cursor }) }),
      });
      seen.push(...page.data.map(({ id }) => fromPublicId("inf", id)));
      cursor = page.next_cursor;
      if (cursor === null) break;
    }
    expect(seen).toEqual(newestFirst(...ids.live, ...ids.test));
  });
});

describe("what a test key is told of limits", () => {
  test("says nothing of the live plan's tokens and money: test requests use none", async () => {
    expect((await getRateLimit(db, { principal: live })).tokens).toMatchObject({ limit: 1_000_000 });
    expect((await getRateLimit(db, { principal: live })).tokens.used).toBeGreaterThan(0);
    expect((await getRateLimit(db, { principal: testing })).tokens).toMatchObject({
      limit: null,
      used: 0,
      reserved: 0,
      remaining: null,
    });
    const quote = await quoteInference(db, { principal: testing, input: hello });
    expect(quote).toMatchObject({
      environment: "test",
      fits: true,
      quota: { limit: null, used: 0, reserved: 0 },
      spend: { spent_micros: 0, reserved_micros: 0 },
    });
    expect((await quoteInference(db, { principal: live, input: hello })).quota.used).toBeGreaterThan(0);
  });
});

test("test requests at their limit take nothing from the live requests per minute", async () => {
  const principal = await makeCaller(db);
  const hot: KeyPrincipal = { ...principal, environment: "test" };
  for (let calls = 0; calls < 7; calls++) await consumeLimit(db, planLimitOf(hot));
  const left = async (caller: KeyPrincipal) => {
    const { limit, remaining } = (await getRateLimit(db, { principal: caller })).requests;
    return limit - remaining;
  };
  expect(await left(hot)).toBe(7);
  expect(await left(principal)).toBe(0);
});

describe("a person's request", () => {
  const run = async (principal: UserPrincipal, environment?: "live" | "test") => {
    const { accepted } = await submitInference(db, queue, {
      principal,
      input: { ...hello, ...(environment && { environment }) },
      traceId: "t",
    });
    return getInferenceDetail(db, { ...reachOf(principal), requestId: fromPublicId("inf", accepted.id) });
  };

  test("runs where they choose, and the choice is no part of what is sent to the model", async () => {
    const another = { ...person, ...(await makeCaller(db)), ...personOf(await makeCaller(db)) };
    expect(await run(another)).toMatchObject({ environment: "live" });
    const simulated = await run(another, "test");
    expect(simulated).toMatchObject({ environment: "test" });
    expect(simulated.parameters).not.toHaveProperty("environment");
  });

  test("is simulated until their address is verified: live is refused by name", async () => {
    const newcomer = { ...personOf(await makeCaller(db)), emailVerified: false };
    expect(await run(newcomer)).toMatchObject({ environment: "test" });
    await expect(run(newcomer, "live")).rejects.toMatchObject({
      code: "email_not_verified",
      param: "environment",
    });
  });
});

test("a page of one environment is found by its index however many requests of the other lie before it", async () => {
  const orgId = newId();
  await db.$executeRaw`
    INSERT INTO inference_requests (id, created_at, org_id, environment, queue_name, model, provider, upstream_model, trace_id,
      max_output_tokens, next_attempt_at, status, completed_at)
    SELECT id, uuid_v7_time(id), ${orgId}::uuid, (CASE WHEN n <= 3 THEN 'test' ELSE 'live' END)::environment, 'standard',
      'm', 'p', 'm', 't', 1, now(), 'cancelled', now() + interval '1 minute'
    FROM (
      SELECT n, (left(${newId()}, 18) || '-8000-' || lpad(to_hex(n), 12, '0'))::uuid AS id FROM generate_series(1, 5000) n
    ) i`;
  await db.$executeRaw`ANALYZE inference_requests`;
  const sql = historySql(
    { orgId, environment: "test", since: new Date(0) },
    {},
    boundsOf({ limit: 2 }, undefined),
    [],
  );
  const rows = await asOrganization(db, orgId, (tx) =>
    tx.$queryRaw<Record<string, string>[]>(
      Prisma.sql`EXPLAIN (ANALYZE, COSTS off, TIMING off, SUMMARY off) ${sql}`,
    ),
  );
  const plan = rows.map((row) => row["QUERY PLAN"]).join("\n");
  expect(plan).toMatch(/Index Scan .*environment/);
  expect(plan).not.toMatch(/Rows Removed by Filter/);
});

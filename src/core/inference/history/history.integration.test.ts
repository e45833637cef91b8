import { afterAll, describe, expect, test } from "vitest";
import type { z } from "zod";
import { useTestStack } from "../../../../infra/testing/use-test-stack";
import { fromPublicId, newId, timeOfId } from "../../platform";
import { keyedHash } from "../../platform/crypto/keyed-hash";
import { createDb, Prisma } from "../../platform/db/client";
import { boundsOf } from "../../platform/list";
import { destroyDataKey } from "../../privacy";
import { failRequest, historyListSchema, historyQuerySchema, submitInference } from "../index";
import { metadataIndex } from "../request/metadata";
import {
  claim,
  complete,
  hello,
  historyOf,
  idsInHistory,
  makeCaller,
  personOf,
  RecordingQueue,
  submit,
} from "../testing/world";
import { historySql } from "./list-history";

const stack = await useTestStack();
const db = createDb({ url: stack.databaseUrl, poolMax: 8 });
const queue = new RecordingQueue();
afterAll(() => db.$disconnect());

/** The statement behind one page. */
function sqlOf(
  orgId: string,
  query: z.input<typeof historyQuerySchema>,
  after?: string,
  marks: Uint8Array[][] = [],
) {
  const { limit, cursor: _, order, created, environment: __, ...filter } = historyQuerySchema.parse(query);
  return historySql(
    { orgId, environment: "live", since: new Date(0) },
    filter,
    boundsOf({ limit, order, created }, after),
    marks,
  );
}

describe("listHistory", () => {
  test("says of each request what it was, cost and carried, without its content", async () => {
    const principal = await makeCaller(db);
    const { orgId } = principal;
    const metadata = { customer: "Ada Lovelace", job: "7" };
    const done = await submit(db, queue, principal, { input: { ...hello, metadata } });
    await complete(db, done);
    const failed = await submit(db, queue, principal);
    await failRequest(db, {
      job: await claim(db, failed),
      error: { code: "provider_rejected", message: "The provider refused the request.", param: "stop" },
    });
    const list = await historyOf(db, orgId);
    expect(historyListSchema.parse(list)).toEqual(list);
    expect(list.data).toMatchObject([
      { status: "failed", error: { code: "provider_rejected", param: "stop" }, metadata: {}, cost_micros: 0 },
      {
        status: "completed",
        model: "gpt-4o",
        environment: "live",
        error: null,
        metadata,
        usage: { input_tokens: 1_000, total_tokens: 1_050 },
      },
    ]);
    expect(JSON.stringify(list)).not.toContain("Say hello");
    expect(JSON.stringify(list)).not.toContain("Hello.");
  });

  test("pages neither repeat nor skip while requests arrive, of one millisecond too", async () => {
    const principal = await makeCaller(db);
    const clock = { now: () => new Date("2026-11-20T10:00:00.123Z") };
    const ids: string[] = [];
    for (let index = 0; index < 7; index++) ids.push(await submit(db, queue, principal, { clock }));
    const seen: string[] = [];
    let cursor: string | undefined;
    do {
      const page = await historyOf(db, principal.orgId, { limit: 2, cursor });
      seen.push(...page.data.map(({ id }) => fromPublicId("inf", id)));
      cursor = page.next_cursor ?? undefined;
      await submit(db, queue, principal);
    } while (cursor !== undefined);
    expect(seen).toEqual(ids.toSorted().reverse());
  });

  test("filters by status, model, key, environment, time and all of the metadata named, each and together", async () => {
    const live = await makeCaller(db);
    const test = { ...live, environment: "test" as const, apiKeyId: newId() };
    const at = (day: number) => ({ clock: { now: () => new Date(Date.UTC(2026, 10, day, 12)) } });
    const a = await submit(db, queue, live, {
      ...at(1),
      input: { ...hello, metadata: { customer: "42", job: "nightly" } },
    });
    const b = await submit(db, queue, live, { ...at(2), input: { ...hello, metadata: { customer: "42" } } });
    const c = await submit(db, queue, test, {
      ...at(3),
      input: { ...hello, model: "gpt-4", metadata: { job: "42" } },
    });
    await complete(db, b);
    const find = (query: object) => idsInHistory(db, live.orgId, query);
    expect(await find({})).toEqual([c, b, a]);
    expect(await find({ status: "completed" })).toEqual([b]);
    expect(await find({ model: "gpt-4" })).toEqual([c]);
    expect(await find({ environment: "test" })).toEqual([c]);
    const { api_key_id } = (await historyOf(db, live.orgId, { limit: 1 })).data[0] ?? {};
    expect(await find({ api_key_id })).toEqual([c]);
    expect(await find({ created_after: "2026-11-02T12:00:00Z" })).toEqual([c, b]);
    expect(await find({ created_before: "2026-11-02T13:00:00+01:00" })).toEqual([a]);
    expect(await find({ metadata: { customer: "42" } })).toEqual([b, a]);
    expect(await find({ metadata: { customer: "42", job: "nightly" } })).toEqual([a]);
    expect(await find({ metadata: { customer: "4" } })).toEqual([]);
    expect(await find({ metadata: { customer: "42" }, status: "queued" })).toEqual([a]);
  });

  test("what people sent themselves is told from what keys sent, and read by its own index", async () => {
    const key = await makeCaller(db);
    const byKey = await submit(db, queue, key);
    const { accepted } = await submitInference(db, queue, {
      principal: personOf(key),
      input: hello,
      traceId: "t",
    });
    const byPerson = fromPublicId("inf", accepted.id);
    expect(await idsInHistory(db, key.orgId, { made_by: "person" })).toEqual([byPerson]);
    expect(await idsInHistory(db, key.orgId, { made_by: "key" })).toEqual([byKey]);
    expect(await idsInHistory(db, key.orgId)).toEqual([byPerson, byKey]);
    const plan = await db.$transaction(async (tx) => {
      await tx.$executeRaw`SET LOCAL enable_seqscan = off`;
      return tx.$queryRaw`EXPLAIN (COSTS off) ${sqlOf(key.orgId, { made_by: "person", endpoint: "/api/v1/inference", limit: 2 })}`;
    });
    // The partial index makes the filter redundant.
    expect(JSON.stringify(plan)).toContain("Index");
    expect(JSON.stringify(plan)).not.toContain("api_key_id IS NULL");
  });

  test("equal metadata of two organizations is stored differently, and neither finds the other's", async () => {
    const [ada, eve] = [await makeCaller(db), await makeCaller(db)];
    const metadata = { customer: "42" };
    await submit(db, queue, ada, { input: { ...hello, metadata } });
    expect(await idsInHistory(db, eve.orgId, { metadata })).toEqual([]);
    expect(await metadataIndex(db, ada.orgId, metadata)).not.toEqual(
      await metadataIndex(db, eve.orgId, metadata),
    );
  });

  test("characters cannot be shifted between a metadata name and its value", async () => {
    const { orgId } = await makeCaller(db);
    expect(await metadataIndex(db, orgId, { 'a","b': "c" })).not.toEqual(
      await metadataIndex(db, orgId, { a: 'b","c' }),
    );
  });

  test("rows that were marked under the product's own key are still found", async () => {
    const ada = await makeCaller(db);
    const metadata = { customer: "42", part: "b" };
    const id = await submit(db, queue, ada, { input: { ...hello, metadata } });
    const former = Object.entries(metadata).map(([name, value]) =>
      keyedHash(JSON.stringify(["metadata", ada.orgId, name, value])).slice(0, 16),
    );
    await db.inferenceRequest.updateMany({ where: { orgId: ada.orgId }, data: { metadataIndex: former } });
    expect(await idsInHistory(db, ada.orgId, { metadata })).toEqual([id]);
    expect(await idsInHistory(db, ada.orgId, { metadata: { customer: "43" } })).toEqual([]);
  });

  test("metadata tokens are useless once the organization's key is destroyed: nobody can confirm a guess", async () => {
    const ada = await makeCaller(db);
    const metadata = { customer: "42" };
    await submit(db, queue, ada, { input: { ...hello, metadata } });
    const [row] = await db.inferenceRequest.findMany({ where: { orgId: ada.orgId } });
    const guess = keyedHash(JSON.stringify(["metadata", ada.orgId, "customer", "42"])).slice(0, 16);
    expect(row?.metadataIndex.map((mark) => Buffer.from(mark).toString("hex"))).not.toContain(
      Buffer.from(guess).toString("hex"),
    );
    (await destroyDataKey(db, { type: "org", id: ada.orgId }))();
    await expect(metadataIndex(db, ada.orgId, metadata)).rejects.toMatchObject({ code: "not_found" });
  });
});

describe("partitions", () => {
  const months = (plan: string) => [...new Set(plan.match(/inference_requests_\d{4}_\d\d(?!\d)/g))].sort();
  /** The plan that is taken once tables are too large to read whole. */
  const explain = (sql: Prisma.Sql, analyze = false) =>
    db.$transaction(async (tx) => {
      await tx.$executeRaw`SET LOCAL enable_seqscan = off`;
      await tx.$executeRaw`SET LOCAL enable_bitmapscan = off`;
      await tx.$executeRaw`SET LOCAL enable_hashjoin = off`;
      await tx.$executeRaw`SET LOCAL enable_mergejoin = off`;
      const options = Prisma.raw(analyze ? "ANALYZE, COSTS off, TIMING off, SUMMARY off" : "COSTS off");
      const rows = await tx.$queryRaw<Record<string, string>[]>`EXPLAIN (${options}) ${sql}`;
      return rows.map((row) => row["QUERY PLAN"] ?? "").join("\n");
    });

  test("a status look-up reads one", async () => {
    const requestId = newId();
    const plan = await explain(Prisma.sql`
      SELECT status FROM inference_requests
      WHERE id = ${requestId}::uuid AND created_at = ${timeOfId(requestId)}::timestamptz AND org_id = ${newId()}::uuid`);
    expect(months(plan)).toHaveLength(1);
  });

  test("a page of history reads the months it spans, newest first, and stops when it is full", async () => {
    const principal = await makeCaller(db);
    const thisMonth = new Date();
    const lastMonth = new Date(Date.UTC(thisMonth.getUTCFullYear(), thisMonth.getUTCMonth() - 1, 15));
    for (let index = 0; index < 3; index++) {
      await submit(db, queue, principal);
      await submit(db, queue, principal, { clock: { now: () => lastMonth } });
    }
    await db.$executeRaw`ANALYZE inference_requests`;
    const page = sqlOf(principal.orgId, { limit: 2 });
    const plan = await explain(page, true);
    const name = (at: Date) => `inference_requests_${at.toISOString().slice(0, 7).replace("-", "_")}`;
    const scanOf = (month: string) => plan.split("\n").find((line) => line.includes(` ${month} `)) ?? "";
    expect(scanOf(name(thisMonth)), plan).toMatch(/actual .*rows=3/);
    expect(scanOf(name(lastMonth)), plan).toContain("never executed");

    const { data } = await historyOf(db, principal.orgId, { limit: 4 });
    const older = sqlOf(principal.orgId, {}, fromPublicId("inf", data.at(-1)?.id ?? ""));
    expect(months(await explain(older))).toEqual([name(lastMonth)]);
    const past = sqlOf(principal.orgId, { created: { lt: lastMonth.toISOString() } });
    expect(months(await explain(past))).toEqual([name(lastMonth)]);
  });

  test("metadata is found by its index", async () => {
    const orgId = newId();
    await db.$executeRaw`
      INSERT INTO inference_requests (id, created_at, org_id, environment, queue_name, model, provider, upstream_model,
        trace_id, max_output_tokens, next_attempt_at, metadata_index)
      SELECT id, uuid_v7_time(id), ${orgId}::uuid, 'live', 'standard', 'm', 'p', 'm', 't', 1, now(), ARRAY[md5(id::text)::bytea]
      FROM (SELECT (left(${newId()}, 18) || '-8000-' || lpad(to_hex(n), 12, '0'))::uuid AS id FROM generate_series(1, 5000) n) i`;
    await db.$executeRaw`ANALYZE inference_requests`;
    const sql = sqlOf(orgId, {}, undefined, [[new Uint8Array(16), new Uint8Array([1])]]);
    const plan = await db.$queryRaw<unknown[]>`EXPLAIN (COSTS off) ${sql}`;
    expect(JSON.stringify(plan)).toContain("metadata_index_idx");
  });
});

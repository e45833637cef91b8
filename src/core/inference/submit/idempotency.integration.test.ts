import { afterAll, expect, test } from "vitest";
import { canonicalJson } from "../../platform/canonical-json";
import { sha256 } from "../../platform/crypto/hash";
import { createDb } from "../../platform/db/client";
import { flushSends, submitInference } from "../index";
import { db, HELLO_TOKENS, queue, setLimit, settle, stack, times } from "../testing/customers";
import { hello, makeCaller, quotaOf, submit } from "../testing/world";

// As two processes of the server: groups of requests are a process's own.
const [one, other, keeper] = [1, 2, 3].map(() => createDb({ url: stack.databaseUrl, poolMax: 4 })) as [
  ReturnType<typeof createDb>,
  ReturnType<typeof createDb>,
  ReturnType<typeof createDb>,
];
afterAll(() => Promise.all([one, other, keeper].map((db) => db.$disconnect())));

test("a repetition of a request that is not committed yet gets 409 with retry-after, holds up nobody, and gets the first answer later", async () => {
  const [principal, stranger] = [await makeCaller(one), await makeCaller(one)];
  await submit(one, queue, principal);
  let first: Promise<string> | undefined;
  await keeper.$transaction(
    async (tx) => {
      // The first has its key and waits for the quota's row.
      await tx.$queryRaw`SELECT 1 FROM quota_counters WHERE org_id = ${principal.orgId}::uuid FOR UPDATE`;
      first = submit(one, queue, principal, { idempotencyKey: "k" });
      await expect
        .poll(() => keeper.$queryRaw`SELECT 1 FROM pg_stat_activity WHERE wait_event_type = 'Lock'`)
        .toHaveLength(1);
      const twin = submit(other, queue, principal, { idempotencyKey: "k" }).catch((error: unknown) => error);
      const innocent = submit(other, queue, stranger);
      expect(await twin).toMatchObject({ code: "idempotency_in_flight", status: 409, retryAfterSeconds: 1 });
      expect(await innocent).toMatch(/^[0-9a-f-]{36}$/);
    },
    { timeout: 20_000 },
  );
  const id = await first;
  expect(await submit(other, queue, principal, { idempotencyKey: "k" })).toBe(id);
  expect(await one.inferenceRequest.count({ where: { orgId: principal.orgId } })).toBe(2);
});

test("repetitions that arrive while the first is being committed get its answer", async () => {
  const principal = await makeCaller(one);
  const ids = await Promise.all(
    Array.from({ length: 60 }, (_, index) =>
      submit(index % 2 ? one : other, queue, principal, { idempotencyKey: "same", input: hello }),
    ),
  );
  expect(new Set(ids).size).toBe(1);
  expect(await one.inferenceRequest.count({ where: { orgId: principal.orgId } })).toBe(1);
});

test("a request's hash is keyed per organization, and an older unkeyed hash still matches the same request", async () => {
  const principal = await makeCaller(one);
  const id = await submit(one, queue, principal, { idempotencyKey: "k", input: hello });
  const [row] = await one.idempotencyKey.findMany({ where: { orgId: principal.orgId } });
  // Someone with only the database cannot test a guess at the text, and nobody can once the key is destroyed.
  const guess = sha256(canonicalJson(hello));
  expect(Buffer.from(row?.requestHash ?? []).equals(guess)).toBe(false);
  await one.idempotencyKey.updateMany({ where: { orgId: principal.orgId }, data: { requestHash: guess } });
  expect(await submit(one, queue, principal, { idempotencyKey: "k", input: hello })).toBe(id);
  await expect(
    submit(one, queue, principal, { idempotencyKey: "k", input: { ...hello, temperature: 1 } }),
  ).rejects.toMatchObject({ code: "idempotency_mismatch" });
});

test("50 parallel requests with one Idempotency-Key make one row and give one answer", async () => {
  const principal = await makeCaller(db);
  const { accepted: done, reasons: refused } = await settle(
    times(50, () =>
      submitInference(db, queue, { principal, input: hello, traceId: "t", idempotencyKey: "same" }),
    ),
  );
  expect(refused).toEqual([]);
  expect(done.filter(({ replayed }) => !replayed)).toHaveLength(1);
  expect(new Set(done.map(({ accepted }) => JSON.stringify(accepted))).size).toBe(1);
  expect(await db.inferenceRequest.count({ where: { orgId: principal.orgId } })).toBe(1);
  expect(await quotaOf(db, principal.orgId)).toEqual({ used: 0, reserved: HELLO_TOKENS });
  await flushSends();
  expect(queue.sent).toHaveLength(1);
});

test("the same key with another body is refused and writes nothing; the order of fields does not matter", async () => {
  const principal = await makeCaller(db);
  const send = (input: typeof hello) =>
    submitInference(db, queue, { principal, input, traceId: "t", idempotencyKey: "k-1" });
  const first = await send(hello);
  await expect(send({ ...hello, max_tokens: 101 })).rejects.toMatchObject({
    code: "idempotency_mismatch",
    status: 422,
    param: "Idempotency-Key",
  });
  const again = await send({ max_tokens: 100, prompt: "Say hello.", model: "gpt-4o" });
  expect(again).toEqual({ ...first, replayed: true });
  expect(await db.inferenceRequest.count({ where: { orgId: principal.orgId } })).toBe(1);
});

test("a key belongs to its organization and its environment", async () => {
  const [one, other] = [await makeCaller(db), await makeCaller(db)];
  const ids = await Promise.all(
    [one, other, { ...one, environment: "test" as const }].map((principal) =>
      submit(db, queue, principal, { idempotencyKey: "shared" }),
    ),
  );
  expect(new Set(ids).size).toBe(3);
});

test("a key is free again after 24 hours", async () => {
  const principal = await makeCaller(db);
  const first = await submit(db, queue, principal, { idempotencyKey: "old" });
  await db.idempotencyKey.updateMany({
    where: { orgId: principal.orgId },
    data: { expiresAt: new Date(Date.now() - 1) },
  });
  const [second, third] = await Promise.all([
    submit(db, queue, principal, { idempotencyKey: "old", input: { ...hello, max_tokens: 5 } }),
    submit(db, queue, principal, { idempotencyKey: "old", input: { ...hello, max_tokens: 5 } }),
  ]);
  expect(second).not.toBe(first);
  expect(third).toBe(second);
});

test("a request that does not fit the quota leaves its key free", async () => {
  const principal = await makeCaller(db);
  await setLimit(principal.orgId, 5 * HELLO_TOKENS);
  const { accepted: done, reasons: refused } = await settle(
    times(20, (index) => submit(db, queue, principal, { idempotencyKey: `k-${index}` })),
  );
  expect(done).toHaveLength(5);
  expect(new Set(refused.map(({ code }) => code))).toEqual(new Set(["quota_exceeded"]));
  expect(await db.idempotencyKey.count({ where: { orgId: principal.orgId } })).toBe(5);
  await setLimit(principal.orgId, 1_000_000);
  const later = await settle(
    times(20, (index) => submit(db, queue, principal, { idempotencyKey: `k-${index}` })),
  );
  expect(later.refused).toEqual([]);
  expect(await db.inferenceRequest.count({ where: { orgId: principal.orgId } })).toBe(20);
});

import { afterAll, expect, test } from "vitest";
import { useTestStack } from "../../../../infra/testing/use-test-stack";
import { canonicalJson } from "../../platform/canonical-json";
import { sha256 } from "../../platform/crypto/hash";
import { createDb } from "../../platform/db/client";
import { hello, makeCaller, RecordingQueue, submit } from "../testing/world";

const stack = await useTestStack();
// As two processes of the server: groups of requests are a process's own.
const [one, other, keeper] = [1, 2, 3].map(() => createDb({ url: stack.databaseUrl, poolMax: 4 })) as [
  ReturnType<typeof createDb>,
  ReturnType<typeof createDb>,
  ReturnType<typeof createDb>,
];
const queue = new RecordingQueue();
afterAll(() => Promise.all([one, other, keeper].map((db) => db.$disconnect())));

test("a twin of a request that does not get committed is told 409 with a time, holds up nobody, and gets the first answer later", async () => {
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

test("twins that meet while the first is being committed get its answer", async () => {
  const principal = await makeCaller(one);
  const ids = await Promise.all(
    Array.from({ length: 60 }, (_, index) =>
      submit(index % 2 ? one : other, queue, principal, { idempotencyKey: "same", input: hello }),
    ),
  );
  expect(new Set(ids).size).toBe(1);
  expect(await one.inferenceRequest.count({ where: { orgId: principal.orgId } })).toBe(1);
});

test("the hash of a request is its organization's own, and one from before that was so is still the same request", async () => {
  const principal = await makeCaller(one);
  const id = await submit(one, queue, principal, { idempotencyKey: "k", input: hello });
  const [row] = await one.idempotencyKey.findMany({ where: { orgId: principal.orgId } });
  // A guess at the text cannot be tested by whoever has the database alone, nor by anyone once the key is gone.
  const guess = sha256(canonicalJson(hello));
  expect(Buffer.from(row?.requestHash ?? []).equals(guess)).toBe(false);
  await one.idempotencyKey.updateMany({ where: { orgId: principal.orgId }, data: { requestHash: guess } });
  expect(await submit(one, queue, principal, { idempotencyKey: "k", input: hello })).toBe(id);
  await expect(
    submit(one, queue, principal, { idempotencyKey: "k", input: { ...hello, temperature: 1 } }),
  ).rejects.toMatchObject({ code: "idempotency_mismatch" });
});

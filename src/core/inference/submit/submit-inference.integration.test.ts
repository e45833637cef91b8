import { expect, test } from "vitest";
import { fromPublicId, newId, timeOfId } from "../../platform";
import { createDb, queryNamed } from "../../platform/db/client";
import { claimRequest, completeRequest, flushSends, recoverRequests, submitInference } from "../index";
import { db, HELLO_TOKENS, queue, setLimit, settle, stack, times } from "../testing/customers";
import { answer, claim, hello, makeCaller, quotaOf, submit } from "../testing/world";

test("an accepted request is stored whole, encrypted, and sent to its queue", async () => {
  const principal = await makeCaller(db);
  const { accepted, result, replayed } = await submitInference(db, queue, {
    principal,
    input: { ...hello, temperature: 0.5, metadata: { customer: "Ada Lovelace" } },
    traceId: "t-1",
  });
  await flushSends();
  const id = fromPublicId("inf", accepted.id);
  expect(accepted).toEqual({
    id: accepted.id,
    status: "queued",
    model: "gpt-4o",
    environment: "live",
    created_at: timeOfId(id).toISOString(),
    metadata: { customer: "Ada Lovelace" },
    links: {
      self: `/api/v1/inference/${accepted.id}`,
      result: `/api/v1/inference/${accepted.id}/result`,
      cancel: `/api/v1/inference/${accepted.id}/cancel`,
    },
  });
  expect({ result, replayed, sent: queue.sent }).toEqual({ result: null, replayed: false, sent: [id] });
  const row = await db.inferenceRequest.findUniqueOrThrow({
    where: { id_createdAt: { id, createdAt: timeOfId(id) } },
  });
  expect(row).toMatchObject({
    queueName: "standard",
    status: "queued",
    upstreamModel: "gpt-4o",
    maxOutputTokens: 100,
    reservedTokens: BigInt(HELLO_TOKENS),
    parameters: { max_tokens: 100, temperature: 0.5, messages: 1 },
  });
  expect(row.enqueuedAt).not.toBeNull();
  const stored = Buffer.concat([
    row.inputCipher ?? Buffer.of(),
    row.metadataCipher ?? Buffer.of(),
    ...row.metadataIndex,
  ]);
  expect(stored.includes("hello")).toBe(false);
  expect(stored.includes("Ada")).toBe(false);
});

test("a request for a retired model says which model answers", async () => {
  const principal = await makeCaller(db);
  const { accepted } = await submitInference(db, queue, {
    principal,
    input: { ...hello, model: "gemini-pro" },
    traceId: "t",
  });
  expect(accepted.model).toBe("gemini-pro");
  expect(accepted.model_notice).toContain("gemini-3.5-flash-lite answers in its place");
});

test("of 200 parallel requests against a quota that fits 50 exactly 50 are accepted", async () => {
  const principal = await makeCaller(db);
  await setLimit(principal.orgId, 50 * HELLO_TOKENS + HELLO_TOKENS - 1);
  const { accepted: done, reasons: refused } = await settle(times(200, () => submit(db, queue, principal)));
  expect(done).toHaveLength(50);
  expect(new Set(refused.map(({ code }) => code))).toEqual(new Set(["quota_exceeded"]));
  expect(refused[0].public).toMatch(/8,057|7,900/);
  expect(await db.inferenceRequest.count({ where: { orgId: principal.orgId } })).toBe(50);
  expect(await quotaOf(db, principal.orgId)).toEqual({ used: 0, reserved: 50 * HELLO_TOKENS });
});

test("a request larger than the whole quota is refused in an untouched month", async () => {
  const principal = await makeCaller(db, { plan: "free" });
  await expect(
    submit(db, queue, principal, { input: { ...hello, prompt: "x".repeat(100_000) } }),
  ).rejects.toMatchObject({ code: "quota_exceeded", status: 429 });
  expect(await db.quotaCounter.count({ where: { orgId: principal.orgId } })).toBe(0);
});

test("enterprise has no token limit unless one is agreed", async () => {
  const principal = await makeCaller(db, { plan: "enterprise" });
  await submit(db, queue, principal);
  await setLimit(principal.orgId, 2 * HELLO_TOKENS);
  await submit(db, queue, principal);
  await expect(submit(db, queue, principal)).rejects.toMatchObject({ code: "quota_exceeded" });
});

test("a request counts in the UTC month in which it was accepted", async () => {
  const principal = await makeCaller(db);
  const at = (time: string) => ({ clock: { now: () => new Date(time) } });
  await submit(db, queue, principal, at("2026-11-30T23:59:59.999Z"));
  await submit(db, queue, principal, at("2026-12-01T00:00:00.000Z"));
  const months = await db.quotaCounter.findMany({
    where: { orgId: principal.orgId },
    orderBy: { startsAt: "asc" },
  });
  expect(
    months.map(({ startsAt, reservedTokens }) => [startsAt.toISOString().slice(0, 10), reservedTokens]),
  ).toEqual([
    ["2026-11-01", BigInt(HELLO_TOKENS)],
    ["2026-12-01", BigInt(HELLO_TOKENS)],
  ]);
});

test("test requests reserve nothing, however little quota is left", async () => {
  const principal = await makeCaller(db, { environment: "test" });
  await setLimit(principal.orgId, 0);
  await submit(db, queue, principal);
  await submit(db, queue, principal, { idempotencyKey: "k" });
  expect(await db.quotaCounter.count({ where: { orgId: principal.orgId } })).toBe(0);
});

test("until the email address is verified a person's requests are test requests", async () => {
  const { orgId } = await makeCaller(db);
  await submitInference(db, queue, {
    principal: {
      kind: "session",
      orgId,
      plan: "free",
      requestsPerMinute: 10,
      environment: "live",
      scopes: new Set(["inference:write"]),
      userId: newId(),
      sessionId: newId(),
      role: "owner",
      emailVerified: false,
      operator: false,
    },
    input: hello,
    traceId: "t",
  });
  const row = await db.inferenceRequest.findFirstOrThrow({ where: { orgId } });
  expect(row).toMatchObject({ environment: "test", reservedTokens: 0n, quotaMonth: null });
});

test("several processes at once never deadlock, make one row per key, and overdraw no quota", async () => {
  const processes = times(4, () => createDb({ url: stack.databaseUrl, poolMax: 3 }));
  for (const process of processes)
    await Promise.all(
      times(3, () => [
        process.$queryRaw`SELECT pg_sleep(0.05)::text`,
        queryNamed(process, { name: "warm", text: "SELECT pg_sleep(0.05)", values: [] }),
      ]).flat(),
    );
  const callers = await Promise.all(times(6, () => makeCaller(db)));
  const fits = 10;
  for (const { orgId } of callers) await setLimit(orgId, fits * HELLO_TOKENS);
  // 6 organizations × 20 keys, each sent by all four processes in another order.
  const plan = callers.flatMap((principal) =>
    times(20, (index) => ({ principal, idempotencyKey: `k-${index}` })),
  );
  const { accepted: done, reasons: refused } = await settle(
    processes.flatMap((process, turn) =>
      [...plan.slice(turn * 30), ...plan.slice(0, turn * 30)].map(({ principal, idempotencyKey }) =>
        submit(process, queue, principal, { idempotencyKey }),
      ),
    ),
  );
  expect(new Set(refused.map((error) => error.code ?? error.message))).toEqual(new Set(["quota_exceeded"]));
  expect(new Set(done).size).toBe(callers.length * fits);
  for (const { orgId } of callers) {
    expect(await db.inferenceRequest.count({ where: { orgId } })).toBe(fits);
    expect(await db.idempotencyKey.count({ where: { orgId } })).toBe(fits);
    expect(await quotaOf(db, orgId)).toEqual({ used: 0, reserved: fits * HELLO_TOKENS });
  }
  await flushSends();
  await Promise.all(processes.map((process) => process.$disconnect()));
});

test("in a shared commit one organization's full quota or broken request does not affect another's", async () => {
  const [full, broken, fine] = await Promise.all([makeCaller(db), makeCaller(db), makeCaller(db)]);
  await setLimit(full.orgId, HELLO_TOKENS);
  const { accepted: done, reasons: refused } = await settle(
    times(20, (index) => [
      submit(db, queue, full, { idempotencyKey: `k-${index}` }),
      submit(db, queue, broken, { traceId: "\u0000" }),
      submit(db, queue, fine),
    ]).flat(),
  );
  expect(done).toHaveLength(21);
  expect(refused).toHaveLength(39);
  expect(await db.inferenceRequest.count({ where: { orgId: full.orgId } })).toBe(1);
  expect(await db.inferenceRequest.count({ where: { orgId: broken.orgId } })).toBe(0);
  expect(await quotaOf(db, fine.orgId)).toEqual({ used: 0, reserved: 20 * HELLO_TOKENS });
  expect(await db.idempotencyKey.count({ where: { orgId: full.orgId } })).toBe(1);
});

test("without a database every waiting caller is refused", async () => {
  const principal = await makeCaller(db);
  const gone = createDb({ url: stack.databaseUrl.replace(/:\d+\//, ":1/"), poolMax: 2 });
  // The organization's key is in memory, so that the commit is the first to need the database.
  await submit(db, queue, principal);
  const { accepted: done, reasons: refused } = await settle(times(300, () => submit(gone, queue, principal)));
  expect({ done: done.length, refused: refused.length }).toEqual({ done: 0, refused: 300 });
});

test.each(["", " ", "with space", "ü", "tab\t", "x".repeat(256)])(
  "the Idempotency-Key %j is refused",
  async (idempotencyKey) => {
    const principal = await makeCaller(db);
    await expect(submit(db, queue, principal, { idempotencyKey })).rejects.toMatchObject({
      code: "invalid_request",
      param: "Idempotency-Key",
    });
    expect(await db.inferenceRequest.count({ where: { orgId: principal.orgId } })).toBe(0);
  },
);

test("a queue that is down costs the caller nothing: recovery sends it later", async () => {
  const principal = await makeCaller(db);
  queue.broken = true;
  const id = await submit(db, queue, principal);
  await flushSends();
  queue.broken = false;
  await recoverRequests(db, queue, { limit: 100, now: new Date() });
  expect(queue.sent, "too early to call it lost").not.toContain(id);
  await recoverRequests(db, queue, { limit: 100, now: new Date(Date.now() + 6_000) });
  expect(queue.sent.filter((sent) => sent === id)).toHaveLength(1);
});

test("a waiting caller gets the result as soon as it exists", async () => {
  const principal = await makeCaller(db);
  const waiting = submitInference(db, queue, { principal, input: hello, traceId: "t", waitSeconds: 10 });
  await expect.poll(() => queue.sent.length).toBe(1);
  const job = await claim(db, queue.sent[0] ?? "");
  await completeRequest(db, { job, completion: answer, latencyMs: 12 });
  const { result } = await waiting;
  expect(result).toMatchObject({ status: "completed", output: { role: "assistant", content: "Hello." } });
});

test("a caller whose wait ends, or who disconnects, gets the receipt and the request goes on", async () => {
  const principal = await makeCaller(db);
  const inTime = await submitInference(db, queue, {
    principal,
    input: hello,
    traceId: "t",
    waitSeconds: 0.2,
  });
  expect(inTime.result).toBeNull();
  const leaving = new AbortController();
  const started = Date.now();
  setTimeout(() => leaving.abort(), 50);
  const left = await submitInference(db, queue, {
    principal,
    input: hello,
    traceId: "t",
    waitSeconds: 30,
    signal: leaving.signal,
  });
  expect(left.result).toBeNull();
  // Long before the wait that it asked for was over.
  expect(Date.now() - started).toBeLessThan(25_000);
  const id = fromPublicId("inf", left.accepted.id);
  expect(await claimRequest(db, { requestId: id, owner: "w", leaseMs: 1_000 })).toMatchObject({
    outcome: "claimed",
  });
});

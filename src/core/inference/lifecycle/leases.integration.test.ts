import { describe, expect, test } from "vitest";
import { useTestStack } from "../../../../infra/testing/use-test-stack";
import { newId } from "../../platform";
import { createDb } from "../../platform/db/client";
import {
  cancelInference,
  claimRequest,
  completeRequest,
  extendLease,
  failRequest,
  finishCancelled,
  getInference,
  isTerminal,
  recoverRequests,
  releaseRequest,
  retryRequest,
} from "../index";
import {
  answer,
  claim,
  expireLease,
  makeCaller,
  outage,
  quotaOf,
  RecordingQueue,
  submit,
} from "../testing/world";

const stack = await useTestStack();
const db = createDb({ url: stack.databaseUrl, poolMax: 10 });
const queue = new RecordingQueue();

const ledgerOf = (requestId: string) => db.usageLedger.findMany({ where: { requestId } });
const complete = (job: Parameters<typeof completeRequest>[1]["job"]) =>
  completeRequest(db, { job, completion: answer, latencyMs: 900 });

describe("claiming", () => {
  test("of twenty workers with the same message one gets the request", async () => {
    const requestId = await submit(db, queue, await makeCaller(db));
    const results = await Promise.all(
      Array.from({ length: 20 }, (_, index) =>
        claimRequest(db, { requestId, owner: `worker-${index}`, leaseMs: 60_000 }),
      ),
    );
    expect(results.filter(({ outcome }) => outcome === "claimed")).toHaveLength(1);
    expect(results.filter(({ outcome }) => outcome === "leased")).toHaveLength(19);
  });

  test("the job holds what the provider call needs", async () => {
    const principal = await makeCaller(db, { plan: "enterprise" });
    const requestId = await submit(db, queue, principal, {
      input: { model: "gpt-4", prompt: "Hi", stop: "." },
    });
    expect(await claim(db, requestId)).toMatchObject({
      requestId,
      orgId: principal.orgId,
      environment: "live",
      queueName: "enterprise",
      model: "gpt-4",
      provider: "openai",
      upstreamModel: "gpt-4.1",
      input: { model: "gpt-4", messages: [{ role: "user", content: "Hi" }], stop: "." },
      maxOutputTokens: 4_096,
      attempt: 1,
      maxAttempts: 5,
      cancelRequested: false,
    });
  });

  test("a refused claim says why", async () => {
    const principal = await makeCaller(db);
    expect(await claimRequest(db, { requestId: newId(), owner: "w", leaseMs: 1_000 })).toEqual({
      outcome: "missing",
    });

    const requestId = await submit(db, queue, principal);
    const job = await claim(db, requestId, { leaseMs: 30_000 });
    const leased = await claimRequest(db, { requestId, owner: "worker-b", leaseMs: 1_000 });
    expect(leased).toMatchObject({ outcome: "leased" });
    expect("retryInMs" in leased && leased.retryInMs).toBeGreaterThan(20_000);

    await retryRequest(db, { job, delayMs: 40_000, error: outage });
    const early = await claimRequest(db, { requestId, owner: "worker-b", leaseMs: 1_000 });
    expect(early).toMatchObject({ outcome: "not_due" });
    expect("retryInMs" in early && early.retryInMs).toBeGreaterThan(30_000);

    await cancelInference(db, { orgId: principal.orgId, environment: "all", requestId });
    expect(await claimRequest(db, { requestId, owner: "worker-b", leaseMs: 1_000 })).toEqual({
      outcome: "finished",
    });
  });

  test("a request whose input cannot be read fails instead of being retried forever", async () => {
    const principal = await makeCaller(db);
    const requestId = await submit(db, queue, principal);
    await db.$executeRaw`
      UPDATE inference_requests SET input_cipher = set_byte(input_cipher, 40, 0) WHERE id = ${requestId}::uuid`;
    expect(await claimRequest(db, { requestId, owner: "w", leaseMs: 1_000 })).toEqual({
      outcome: "finished",
    });
    const view = await getInference(db, { orgId: principal.orgId, environment: "all", requestId });
    expect(view).toMatchObject({ status: "failed", error: { code: "internal_error" } });
    expect(await ledgerOf(requestId)).toHaveLength(1);
  });
});

describe("a lost lease", () => {
  test("changes nothing any more, whatever its worker tries", async () => {
    const principal = await makeCaller(db);
    const requestId = await submit(db, queue, principal);
    const stale = await claim(db, requestId, { owner: "worker-a" });
    await expireLease(db, requestId);
    const fresh = await claim(db, requestId, { owner: "worker-b" });
    expect(fresh.attempt).toBe(2);

    expect(await extendLease(db, { job: stale, leaseMs: 60_000 })).toEqual({
      held: false,
      cancelRequested: false,
    });
    expect(await complete(stale)).toEqual({ settled: false });
    expect(await failRequest(db, { job: stale, error: outage })).toEqual({ settled: false });
    expect(await retryRequest(db, { job: stale, delayMs: 0, error: outage })).toEqual({ outcome: "lost" });
    expect(await releaseRequest(db, { job: stale })).toEqual({ released: false });
    expect(await finishCancelled(db, { job: stale })).toEqual({ settled: false });
    expect(await ledgerOf(requestId)).toEqual([]);

    expect(await extendLease(db, { job: fresh, leaseMs: 60_000 })).toEqual({
      held: true,
      cancelRequested: false,
    });
    expect(await complete(fresh)).toEqual({ settled: true });
    expect(await ledgerOf(requestId)).toHaveLength(1);
  });

  test("is lost to the same worker too, when it claims the request a second time", async () => {
    const requestId = await submit(db, queue, await makeCaller(db));
    const stale = await claim(db, requestId);
    await expireLease(db, requestId);
    const fresh = await claim(db, requestId);
    expect(await complete(stale)).toEqual({ settled: false });
    expect(await releaseRequest(db, { job: fresh })).toEqual({ released: true });
    const third = await claim(db, requestId);
    expect(third.attempt).toBe(3);
    expect(await complete(fresh)).toEqual({ settled: false });
    expect(await complete(third)).toEqual({ settled: true });
  });

  test("that no other worker has taken can still be used", async () => {
    const requestId = await submit(db, queue, await makeCaller(db));
    const job = await claim(db, requestId);
    await expireLease(db, requestId);
    expect(await complete(job)).toEqual({ settled: true });
  });
});

describe("recovery", () => {
  test("requeues what dead workers held, and fails what has no attempt left", async () => {
    const principal = await makeCaller(db);
    const [again, spent, cancelled] = await Promise.all([1, 2, 3].map(() => submit(db, queue, principal)));
    if (again === undefined || spent === undefined || cancelled === undefined)
      throw new Error("three were sent");
    await claim(db, again);
    await claim(db, spent);
    await claim(db, cancelled);
    await db.$executeRaw`UPDATE inference_requests SET attempts = max_attempts WHERE id = ${spent}::uuid`;
    await cancelInference(db, { orgId: principal.orgId, environment: "all", requestId: cancelled });
    for (const requestId of [again, spent, cancelled]) await expireLease(db, requestId);

    const runs = Array.from({ length: 4 }, () => new RecordingQueue());
    const results = await Promise.all(
      runs.map((sender) => recoverRequests(db, sender, { limit: 100, now: new Date() })),
    );
    const total = (field: "failed" | "cancelled" | "requeued") =>
      results.reduce((sum, result) => sum + result[field], 0);
    expect({ failed: total("failed"), cancelled: total("cancelled"), requeued: total("requeued") }).toEqual({
      failed: 1,
      cancelled: 1,
      requeued: 1,
    });
    expect(runs.flatMap(({ sent }) => sent).filter((id) => id === again)).toHaveLength(1);
    const statuses = await Promise.all(
      [again, spent, cancelled].map((requestId) =>
        getInference(db, { orgId: principal.orgId, environment: "all", requestId }),
      ),
    );
    expect(statuses.map(({ status }) => status)).toEqual(["queued", "failed", "cancelled"]);
    expect(await complete(await claim(db, again))).toEqual({ settled: true });
    expect(await quotaOf(db, principal.orgId)).toEqual({ used: 1_050, reserved: 0 });
  });

  test("leaves a live lease, a waiting retry and a sent message alone", async () => {
    const principal = await makeCaller(db);
    const ids = await Promise.all([1, 2, 3].map(() => submit(db, queue, principal)));
    const [working = "", waiting = ""] = ids;
    await claim(db, working);
    await retryRequest(db, { job: await claim(db, waiting), delayMs: 60_000, error: outage });
    const sender = new RecordingQueue();
    await new Promise((resolve) => setTimeout(resolve, 100));
    await recoverRequests(db, sender, { limit: 100, now: new Date(Date.now() + 10_000) });
    expect(sender.sent.filter((id) => ids.includes(id))).toEqual([]);
  });

  test("sends a message once more when it has brought no claim for long", async () => {
    const requestId = await submit(db, queue, await makeCaller(db));
    await new Promise((resolve) => setTimeout(resolve, 100));
    const sender = new RecordingQueue();
    await recoverRequests(db, sender, { limit: 1_000, now: new Date(Date.now() + 6 * 60_000) });
    expect(sender.sent.filter((id) => id === requestId)).toHaveLength(1);
  });
});

test("a request ends once whatever races to end it: one status, one ledger row, an exact quota", async () => {
  const principal = await makeCaller(db, { plan: "enterprise" });
  const ids = await Promise.all(Array.from({ length: 60 }, () => submit(db, queue, principal)));
  await Promise.all(
    ids.map(async (requestId, index) => {
      const key = { orgId: principal.orgId, environment: "all", requestId } as const;
      const job = await claim(db, requestId);
      if (index % 3 === 0) await cancelInference(db, key);
      if (index % 2 === 0) await expireLease(db, requestId);
      await Promise.allSettled([
        complete(job),
        failRequest(db, { job, error: outage }),
        finishCancelled(db, { job }),
        cancelInference(db, key),
        retryRequest(db, { job, delayMs: 0, error: outage }),
        releaseRequest(db, { job }),
        recoverRequests(db, queue, { limit: 10, now: new Date() }),
        claimRequest(db, { requestId, owner: "worker-b", leaseMs: 60_000 }),
      ]);
      // Requests that the race left open are ended in the usual way.
      await expireLease(db, requestId);
      await cancelInference(db, key).catch(() => undefined);
    }),
  );
  const rows = await db.inferenceRequest.findMany({ where: { orgId: principal.orgId } });
  const ledger = await db.usageLedger.findMany({ where: { orgId: principal.orgId } });
  expect(rows).toHaveLength(60);
  expect(rows.every(({ status }) => isTerminal(status))).toBe(true);
  expect(ledger).toHaveLength(60);
  for (const row of rows) {
    expect(ledger.find(({ requestId }) => requestId === row.id)?.status).toBe(row.status);
  }
  const completed = rows.filter(({ status }) => status === "completed").length;
  expect(await quotaOf(db, principal.orgId)).toEqual({ used: completed * 1_050, reserved: 0 });
});

import { describe, expect, test } from "vitest";
import { useTestStack } from "../../../../infra/testing/use-test-stack";
import { toTokenUsage } from "../../models";
import { createDb } from "../../platform/db/client";
import {
  cancelInference,
  claimRequest,
  completeRequest,
  extendLease,
  failRequest,
  finishCancelled,
  getInference,
  getInferenceDetail,
  getInferenceResult,
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

describe("completing", () => {
  test("stores the answer, bills the provider's numbers and gives the rest of the reservation back", async () => {
    const principal = await makeCaller(db);
    const requestId = await submit(db, queue, principal);
    const job = await claim(db, requestId);
    expect(await quotaOf(db, principal.orgId)).toEqual({ used: 0, reserved: 158 });
    expect(await complete(job)).toEqual({ settled: true });
    expect(await complete(job)).toEqual({ settled: false });

    // 800 × $2.50 + 200 × $1.25 + 50 × $10 for a million: $0.00275.
    const cost_micros = 2_750;
    expect(
      await getInferenceResult(db, { orgId: principal.orgId, environment: "all", requestId }),
    ).toMatchObject({
      status: "completed",
      output: { role: "assistant", content: "Hello." },
      finish_reason: "stop",
      usage: {
        input_tokens: 1_000,
        cached_input_tokens: 200,
        output_tokens: 50,
        reasoning_tokens: 0,
        total_tokens: 1_050,
      },
      cost_micros,
    });
    const [ledger] = await ledgerOf(requestId);
    expect(ledger).toMatchObject({
      billable: true,
      costMicros: BigInt(cost_micros),
      priceVersion: "gpt-4o@2024-08-06",
      reservedTokens: 158n,
      latencyMs: 900,
      apiKeyId: principal.apiKeyId,
      status: "completed",
    });
    expect(await quotaOf(db, principal.orgId)).toEqual({ used: 1_050, reserved: 0 });
  });

  test("cache writes, the tier that served and a contradiction are in the ledger; its row has the cost again", async () => {
    const principal = await makeCaller(db);
    const input = { model: "gpt-6-sol", prompt: "Say hello.", max_tokens: 100 };
    const requestId = await submit(db, queue, principal, { input });
    const usage = toTokenUsage({
      inputTokens: 1_000,
      cachedInputTokens: 200,
      cacheWriteTokens: 500,
      outputTokens: 50,
      totalTokens: 1_051,
      serviceTier: "flex",
    });
    await completeRequest(db, {
      job: await claim(db, requestId),
      completion: { ...answer, usage },
      latencyMs: 900,
    });
    const [ledger] = await ledgerOf(requestId);
    // Half of 300 × $2 + 200 × $0.20 + 500 × $2.50 + 50 × $10 for a million: $0.001195.
    expect(ledger).toMatchObject({
      costMicros: 1_195n,
      cacheWriteTokens: 500n,
      longCacheWriteTokens: 0n,
      serviceTier: "flex",
      longContext: false,
      regional: false,
      usageDefect: "total",
      priceVersion: "gpt-6-sol@2026-09-22",
    });
    const detail = await getInferenceDetail(db, { orgId: principal.orgId, environment: "all", requestId });
    expect(detail).toMatchObject({
      usage: { cached_input_tokens: 200, cache_write_tokens: 500 },
      receipt: {
        service_tier: "flex",
        input_price_per_million_micros: 1_000_000,
        cache_write_price_per_million_micros: 1_250_000,
        cost_micros: 1_195,
      },
    });
  });

  test("a simulated answer is recorded with its tokens and costs nothing", async () => {
    const principal = await makeCaller(db, { environment: "test" });
    const requestId = await submit(db, queue, principal);
    await complete(await claim(db, requestId));
    const [ledger] = await ledgerOf(requestId);
    expect(ledger).toMatchObject({ billable: false, costMicros: 0n, inputTokens: 1_000n, outputTokens: 50n });
    expect(await quotaOf(db, principal.orgId)).toEqual({ used: 0, reserved: 0 });
  });

  test("the answer is unreadable without its key and in any other row", async () => {
    const principal = await makeCaller(db);
    const [one, other] = [await submit(db, queue, principal), await submit(db, queue, principal)];
    await complete(await claim(db, one));
    await complete(await claim(db, other));
    await db.$executeRaw`
      UPDATE inference_requests SET result_cipher =
        (SELECT result_cipher FROM inference_requests WHERE id = ${other}::uuid) WHERE id = ${one}::uuid`;
    await expect(
      getInferenceResult(db, { orgId: principal.orgId, environment: "all", requestId: one }),
    ).rejects.toMatchObject({
      code: "internal_error",
    });
  });
});

describe("failing and retrying", () => {
  test("a failed request is unbilled, frees its reservation and says what to do", async () => {
    const principal = await makeCaller(db);
    const requestId = await submit(db, queue, principal);
    const job = await claim(db, requestId);
    expect(await failRequest(db, { job, error: outage })).toEqual({ settled: true });
    expect(
      await getInferenceResult(db, { orgId: principal.orgId, environment: "all", requestId }),
    ).toMatchObject({
      status: "failed",
      output: null,
      cost_micros: 0,
      error: outage,
    });
    expect(await ledgerOf(requestId)).toMatchObject([{ billable: false, status: "failed", costMicros: 0n }]);
    expect(await quotaOf(db, principal.orgId)).toEqual({ used: 0, reserved: 0 });
  });

  test("a request is tried as often as allowed and then fails with the last error", async () => {
    const principal = await makeCaller(db);
    const requestId = await submit(db, queue, principal);
    for (let attempt = 1; attempt <= 5; attempt++) {
      const job = await claim(db, requestId);
      expect(job.attempt).toBe(attempt);
      expect(await retryRequest(db, { job, delayMs: 0, error: outage })).toEqual({
        outcome: attempt < 5 ? "scheduled" : "exhausted",
      });
    }
    const detail = await getInferenceDetail(db, { orgId: principal.orgId, environment: "all", requestId });
    expect(detail).toMatchObject({ status: "failed", error: outage });
    const told = detail.timeline.filter(({ event }) => event !== "queued");
    expect(told.map(({ event, attempt, outcome }) => [event, attempt, outcome])).toEqual([
      ["accepted", undefined, undefined],
      ...[1, 2, 3, 4, 5].flatMap((attempt) => [
        ["attempt_started", attempt, undefined],
        ["attempt_ended", attempt, attempt < 5 ? "retry" : "failed"],
      ]),
      ["failed", undefined, undefined],
    ]);
  });

  test("an attempt released at shutdown does not count", async () => {
    const requestId = await submit(db, queue, await makeCaller(db));
    for (let round = 1; round <= 8; round++) {
      expect(await releaseRequest(db, { job: await claim(db, requestId) })).toEqual({ released: true });
    }
    expect(await complete(await claim(db, requestId))).toEqual({ settled: true });
  });

  test("a request whose every worker died fails with the last claim", async () => {
    const principal = await makeCaller(db);
    const requestId = await submit(db, queue, principal);
    for (let attempt = 1; attempt <= 5; attempt++) {
      await claim(db, requestId);
      await expireLease(db, requestId);
    }
    expect(await claimRequest(db, { requestId, owner: "w", leaseMs: 1_000 })).toEqual({
      outcome: "exhausted",
    });
    expect(await claimRequest(db, { requestId, owner: "w", leaseMs: 1_000 })).toEqual({
      outcome: "finished",
    });
    expect(await getInference(db, { orgId: principal.orgId, environment: "all", requestId })).toMatchObject({
      status: "failed",
      error: { code: "provider_unavailable" },
    });
    expect(await quotaOf(db, principal.orgId)).toEqual({ used: 0, reserved: 0 });
  });
});

describe("canceling", () => {
  test("ends a queued request at once and frees its reservation", async () => {
    const principal = await makeCaller(db);
    const requestId = await submit(db, queue, principal);
    const key = { orgId: principal.orgId, environment: "all", requestId } as const;
    const view = await cancelInference(db, key);
    expect(view).toMatchObject({ status: "cancelled", cancel_requested: true, started_at: null });
    expect(view.completed_at).not.toBeNull();
    expect(await cancelInference(db, key)).toEqual(view);
    expect(await ledgerOf(requestId)).toMatchObject([{ status: "cancelled", billable: false, latencyMs: 0 }]);
    expect(await quotaOf(db, principal.orgId)).toEqual({ used: 0, reserved: 0 });
  });

  test("reaches a worker by its heartbeat, and the worker ends the request", async () => {
    const principal = await makeCaller(db);
    const requestId = await submit(db, queue, principal);
    const key = { orgId: principal.orgId, environment: "all", requestId } as const;
    const job = await claim(db, requestId);
    expect(await finishCancelled(db, { job }), "nobody asked yet").toEqual({ settled: false });
    expect(await cancelInference(db, key)).toMatchObject({ status: "processing", cancel_requested: true });
    expect(await extendLease(db, { job, leaseMs: 60_000 })).toEqual({ held: true, cancelRequested: true });
    expect(await finishCancelled(db, { job })).toEqual({ settled: true });
    expect(await getInference(db, key)).toMatchObject({ status: "cancelled" });
    expect(await ledgerOf(requestId)).toHaveLength(1);
  });

  test("takes precedence over a retry and a release", async () => {
    const principal = await makeCaller(db);
    for (const end of ["retry", "release"] as const) {
      const requestId = await submit(db, queue, principal);
      const job = await claim(db, requestId);
      await cancelInference(db, { orgId: principal.orgId, environment: "all", requestId });
      if (end === "release") await releaseRequest(db, { job });
      else
        expect(await retryRequest(db, { job, delayMs: 0, error: outage })).toEqual({ outcome: "cancelled" });
      expect(await getInference(db, { orgId: principal.orgId, environment: "all", requestId })).toMatchObject(
        {
          status: "cancelled",
        },
      );
    }
  });

  test("ends a request whose worker has died at once", async () => {
    const principal = await makeCaller(db);
    const requestId = await submit(db, queue, principal);
    await claim(db, requestId);
    await expireLease(db, requestId);
    expect(
      await cancelInference(db, { orgId: principal.orgId, environment: "all", requestId }),
    ).toMatchObject({
      status: "cancelled",
    });
  });

  test("of an ended request is refused", async () => {
    const principal = await makeCaller(db);
    const requestId = await submit(db, queue, principal);
    await complete(await claim(db, requestId));
    await expect(
      cancelInference(db, { orgId: principal.orgId, environment: "all", requestId }),
    ).rejects.toMatchObject({
      code: "request_not_cancellable",
      status: 409,
    });
  });
});

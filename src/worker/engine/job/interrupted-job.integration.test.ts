import { cancelInference, claimRequest } from "@agathaai/core/inference";
import type { QueueMessage } from "@agathaai/core/platform/queue/queue";
import { describe, expect, it } from "vitest";
import { until } from "../../../../infra/testing/until";
import { runJob } from "./run-job";
import { account, context, db, engineWith, ledger, reserved, row, run, running, stack } from "./testing/jobs";

describe("a job that is interrupted", () => {
  it("stops the call when the customer cancels, unbilled", async () => {
    const id = await account.submit({ prompt: "Hello [[sim:slow:20000]]" });
    const disposition = run(id, { engine: engineWith({ PROVIDER_TIMEOUT_MS: 30_000 }) });
    await until(async () => (await row(id)).status === "processing");
    await cancelInference(db, { orgId: account.orgId, environment: "all", requestId: id });
    expect(await disposition).toEqual({ action: "acknowledge" });
    expect(await ledger(id)).toMatchObject([{ status: "cancelled", billable: false, outputTokens: 0n }]);
    expect(await reserved()).toBe(0);
  });

  it("releases the request at shutdown, at once and without counting the attempt", async () => {
    const shutdown = new AbortController();
    const id = await account.submit({ prompt: "Hello [[sim:slow:20000]]" });
    const disposition = run(id, { engine: engineWith({ PROVIDER_TIMEOUT_MS: 30_000 }) }, shutdown.signal);
    await until(async () => (await row(id)).status === "processing");
    shutdown.abort();
    expect(await disposition).toEqual({ action: "retry", delayMs: 0 });
    const { status, attempts, maxAttempts } = await row(id);
    expect({ status, left: maxAttempts - attempts }).toEqual({ status: "queued", left: 3 });
    await cancelInference(db, { orgId: account.orgId, environment: "all", requestId: id });
  });

  it("starts no new call once the process is stopping", async () => {
    const id = await account.submit({ prompt: "Hello [[nonce:going]]" });
    expect(await run(id, {}, AbortSignal.abort())).toEqual({ action: "retry", delayMs: 0 });
    expect(stack.simulator.calls().by_nonce.going).toBeUndefined();
    await cancelInference(db, { orgId: account.orgId, environment: "all", requestId: id });
  });

  it("stops when another worker holds the lease, and changes nothing", async () => {
    const id = await account.submit({ prompt: "Hello [[sim:slow:20000]]" });
    const disposition = run(id, { engine: engineWith({ PROVIDER_TIMEOUT_MS: 30_000 }) });
    await until(async () => (await row(id)).status === "processing");
    await db.$executeRaw`UPDATE inference_requests SET lease_expires_at = now() - interval '1 second' WHERE id = ${id}::uuid`;
    const claim = await claimRequest(db, { requestId: id, owner: "another", leaseMs: 60_000 });
    expect(claim.outcome).toBe("claimed");
    expect(await disposition).toEqual({ action: "leave", because: "lease lost" });
    expect(await row(id)).toMatchObject({ status: "processing", leaseOwner: "another" });
    expect(await ledger(id)).toEqual([]);
  });

  it("drops an answer that comes after the lease has gone, unbilled", async () => {
    const id = await account.submit({ prompt: "Hello [[sim:slow:600]]" });
    const disposition = run(id);
    await until(async () => (await row(id)).status === "processing");
    await db.$executeRaw`UPDATE inference_requests SET lease_owner = 'another', attempts = attempts + 1 WHERE id = ${id}::uuid`;
    expect(await disposition).toEqual({ action: "leave", because: "lease lost" });
    expect(await ledger(id)).toEqual([]);
  });

  it("keeps the lease while the provider thinks longer than it lasts", async () => {
    const id = await account.submit({ prompt: "Hello [[sim:slow:4500]]" });
    expect(await run(id, { leaseMs: 1_500, engine: engineWith({ PROVIDER_TIMEOUT_MS: 10_000 }) })).toEqual({
      action: "acknowledge",
    });
    expect(await row(id)).toMatchObject({ status: "completed", attempts: 1 });
  });
});

describe("a message that is not a job", () => {
  const message = (body: string): QueueMessage => ({
    id: "m",
    receiptHandle: "r",
    body,
    receiveCount: 1,
    queueName: "standard",
  });
  const dispositionOf = (body: string) => runJob(context, message(body), { shutdown: running.signal });

  it.each(["", "not json", "[]", '{"request_id": 7}', '{"request_id": "abc"}'])(
    "is dead-lettered: %s",
    async (body) => {
      expect(await dispositionOf(body)).toEqual({ action: "dead_letter", reason: "unreadable message" });
    },
  );

  it("is dead-lettered when its request does not exist", async () => {
    const body = JSON.stringify({ request_id: "0193a3a0-0000-7000-8000-000000000000" });
    expect(await dispositionOf(body)).toEqual({ action: "dead_letter", reason: "unknown request" });
  });

  it("is dropped when its request has ended", async () => {
    const id = await account.submit({ prompt: "Hello" });
    await run(id);
    expect(await dispositionOf(JSON.stringify({ request_id: id }))).toEqual({ action: "acknowledge" });
    expect(await ledger(id)).toHaveLength(1);
  });

  it("is retried while another worker has its request", async () => {
    const id = await account.submit({ prompt: "Hello [[sim:slow:600]]" });
    const first = run(id);
    await until(async () => (await row(id)).status === "processing");
    const second = await dispositionOf(JSON.stringify({ request_id: id }));
    expect(second.action === "retry" && second.delayMs).toBeGreaterThan(1_000);
    expect(await first).toEqual({ action: "acknowledge" });
  });
});

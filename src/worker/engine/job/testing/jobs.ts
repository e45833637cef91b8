import { randomUUID } from "node:crypto";
import { flushSends, getInferenceResult, submitInference } from "@agathaai/core/inference";
import { fromPublicId, timeOfId, type UserPrincipal } from "@agathaai/core/platform";
import { closeDb } from "@agathaai/core/platform/db/client";
import { type Env, env } from "@agathaai/core/platform/env";
import type { QueueMessage } from "@agathaai/core/platform/queue/queue";
import { afterAll } from "vitest";
import { openAccount } from "../../../../../infra/testing/open-account";
import { useTestStack } from "../../../../../infra/testing/use-test-stack";
import { createCredentialRings } from "../../credentials/credential-rings";
import { createJobContext } from "../job-context";
import { createQueuedEngine, type QueuedEngine } from "../queued-engine";
import { runJob } from "../run-job";

export const stack = await useTestStack({
  WORKER_LEASE_MS: "3000",
  PROVIDER_TIMEOUT_MS: "1000",
  WORKER_MAX_ATTEMPTS: "3",
});
export const context = createJobContext();
export const { db, queue } = context;
export const account = await openAccount(db, queue);
export const running = new AbortController();

afterAll(async () => {
  await queue.close();
  await closeDb();
});

/** A live request of somebody other than `account`, accepted and queued. */
export async function submitFor(principal: UserPrincipal, model: string, models?: string[]): Promise<string> {
  const { accepted } = await submitInference(db, queue, {
    principal: { ...principal, environment: "live" },
    input: { model, ...(models && { models }), max_tokens: 64, prompt: "Hello", environment: "live" },
    traceId: randomUUID(),
  });
  await flushSends();
  return fromPublicId("inf", accepted.id);
}

async function receive(requestId: string): Promise<QueueMessage> {
  for (let tries = 0; tries < 20; tries++) {
    const messages = await queue.receive("standard", { max: 10, waitSeconds: 1, visibilitySeconds: 30 });
    const wanted = messages.find(({ body }) => body.includes(requestId));
    if (wanted) return wanted;
  }
  throw new Error("the message did not come");
}

export const run = async (
  requestId: string,
  overrides: Partial<typeof context> = {},
  shutdown = running.signal,
) => runJob({ ...context, ...overrides }, await receive(requestId), { shutdown });

/** Attempts as they come due, without waiting for SQS's whole seconds. */
export async function runAgain(requestId: string, overrides: Partial<typeof context> = {}) {
  await db.$executeRaw`UPDATE inference_requests SET next_attempt_at = now() WHERE id = ${requestId}::uuid`;
  const body = JSON.stringify({ request_id: requestId });
  return runJob(
    { ...context, ...overrides },
    { id: "m", receiptHandle: "r", body, receiveCount: 2, queueName: "standard" },
    { shutdown: running.signal },
  );
}

/** A new one, without the failures of earlier tests. */
export function engineWith(settings: Partial<Env> = {}): QueuedEngine {
  const all = { ...env(), ...settings };
  return createQueuedEngine(all, { log: context.log, rings: createCredentialRings(all) });
}

export const row = (requestId: string) =>
  db.inferenceRequest.findFirstOrThrow({ where: { id: requestId, createdAt: timeOfId(requestId) } });
export const ledger = (requestId: string) => db.usageLedger.findMany({ where: { requestId } });
export const reserved = async () =>
  Number(
    (await db.quotaCounter.findMany({ where: { orgId: account.orgId } })).reduce(
      (sum, { reservedTokens }) => sum + reservedTokens,
      0n,
    ),
  );
export const result = (requestId: string) =>
  getInferenceResult(db, { orgId: account.orgId, environment: "all", requestId });

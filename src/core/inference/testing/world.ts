import type { Plan } from "../../../shared/plans";
import { plans } from "../../../shared/plans";
import { toTokenUsage } from "../../models";
import {
  type Db,
  type Environment,
  fromPublicId,
  type KeyPrincipal,
  newId,
  type UserPrincipal,
} from "../../platform";
import type { QueueName } from "../../platform/queue/queue";
import { createDataKey } from "../../privacy";
import { listHistory } from "../history/list-history";
import { claimRequest } from "../lifecycle/claim-request";
import { completeRequest } from "../lifecycle/complete-request";
import type { ClaimedRequest } from "../lifecycle/lease";
import type { Completion } from "../request/chat";
import type { InferenceInput } from "../request/input-schema";
import { type HistoryList, historyQuerySchema } from "../schemas";
import type { RequestQueue } from "../submit/enqueue-request";
import { type Submission, submitInference } from "../submit/submit-inference";

/** Fixtures for the tests of this noun: organizations with keys, a queue that only records, and short calls. */

export async function makeCaller(
  db: Db,
  {
    plan = "pro",
    environment = "live",
    models = [],
  }: {
    plan?: Plan;
    environment?: Environment;
    models?: string[];
  } = {},
): Promise<KeyPrincipal> {
  const [orgId, apiKeyId] = [newId(), newId()];
  await createDataKey(db, { type: "org", id: orgId });
  return {
    kind: "key",
    orgId,
    plan,
    requestsPerMinute: plans[plan].requestsPerMinute,
    environment,
    models,
    apiKeyId,
    spendId: apiKeyId,
    userId: null,
    rpmLimit: null,
    scopes: new Set(["inference:write", "inference:read", "requests:read_all"]),
  };
}

/** A member of the key's organization, signed in to the portal. */
export function personOf(
  { orgId, plan, requestsPerMinute, environment, scopes }: KeyPrincipal,
  { emailVerified = true } = {},
): UserPrincipal {
  const caller = { orgId, plan, requestsPerMinute, environment, scopes };
  const person = { kind: "session", userId: newId(), sessionId: newId(), role: "owner" } as const;
  return { ...caller, ...person, emailVerified, operator: false };
}

export class RecordingQueue implements RequestQueue {
  readonly sent: string[] = [];
  broken = false;

  async send(_queueName: QueueName, { requestId }: { requestId: string }): Promise<void> {
    if (this.broken) throw new Error("the queue is down");
    this.sent.push(requestId);
  }
}

export const hello: InferenceInput = { model: "gpt-4o", prompt: "Say hello.", max_tokens: 100 };

export async function submit(
  db: Db,
  queue: RequestQueue,
  principal: KeyPrincipal,
  more: Partial<Submission> = {},
): Promise<string> {
  const { accepted } = await submitInference(db, queue, {
    principal,
    input: hello,
    traceId: "trace",
    ...more,
  });
  return fromPublicId("inf", accepted.id);
}

export async function claim(
  db: Db,
  requestId: string,
  { owner = "worker-a", leaseMs = 60_000 } = {},
): Promise<ClaimedRequest> {
  const claimed = await claimRequest(db, { requestId, owner, leaseMs });
  if (claimed.outcome !== "claimed") throw new Error(`expected a claim, got ${claimed.outcome}`);
  return claimed.job;
}

/** Lets a lease run out now, as if its worker had died. */
export async function expireLease(db: Db, requestId: string): Promise<void> {
  await db.$executeRaw`
    UPDATE inference_requests SET lease_expires_at = now() - interval '1 second' WHERE id = ${requestId}::uuid AND status = 'processing'`;
}

export const answer: Completion = {
  content: "Hello.",
  toolCalls: [],
  finishReason: "stop",
  usage: toTokenUsage({ inputTokens: 1_000, cachedInputTokens: 200, outputTokens: 50 }),
  upstreamModel: "gpt-4o-2024-08-06",
};

export async function quotaOf(db: Db, orgId: string) {
  const rows = await db.quotaCounter.findMany({ where: { orgId } });
  return {
    used: rows.reduce((sum, row) => sum + Number(row.usedTokens), 0),
    reserved: rows.reduce((sum, row) => sum + Number(row.reservedTokens), 0),
  };
}

/** Answers a queued request, as its worker would. */
export async function complete(db: Db, requestId: string): Promise<void> {
  await completeRequest(db, { job: await claim(db, requestId), completion: answer, latencyMs: 5 });
}

/** The history that a member sees who chose both environments. */
export async function historyOf(db: Db, orgId: string, query: object = {}): Promise<HistoryList> {
  return listHistory(db, {
    principal: personOf({ ...(await makeCaller(db)), orgId }),
    query: historyQuerySchema.parse({ environment: "all", ...query }),
  });
}

export async function idsInHistory(db: Db, orgId: string, query: object = {}): Promise<string[]> {
  return (await historyOf(db, orgId, query)).data.map(({ id }) => fromPublicId("inf", id));
}

export const outage = {
  code: "provider_unavailable",
  message: "The provider did not answer. Please try again.",
};

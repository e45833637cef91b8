import { randomUUID } from "node:crypto";
import { flushSends, type InferenceInput, submitInference } from "@agathaai/core/inference";
import {
  type Db,
  type Environment,
  fromPublicId,
  type KeyPrincipal,
  newId,
  scopes,
} from "@agathaai/core/platform";
import type { Queue } from "@agathaai/core/platform/queue/queue";
import { createDataKey } from "@agathaai/core/privacy";
import type { Plan } from "../../src/shared/plans";
import { plans } from "../../src/shared/plans";

export interface TestAccount {
  orgId: string;
  principal: KeyPrincipal;
  /** Submits and waits until the message is in its queue. Returns the request's uuid. */
  submit(input: Partial<InferenceInput> & { prompt?: string }, environment?: Environment): Promise<string>;
}

/** An organization with a key's principal, to submit requests as the API does. */
export async function openAccount(db: Db, queue: Queue, plan: Plan = "plus"): Promise<TestAccount> {
  const orgId = newId();
  const now = new Date();
  await createDataKey(db, { type: "org", id: orgId });
  await db.organization.create({
    data: {
      id: orgId,
      nameCipher: new Uint8Array([1]),
      createdAt: now,
      updatedAt: now,
      subscription: { create: { plan, createdAt: now, updatedAt: now } },
    },
  });
  const apiKeyId = newId();
  const principal: KeyPrincipal = {
    kind: "key",
    orgId,
    plan,
    requestsPerMinute: plans[plan].requestsPerMinute,
    scopes: new Set(scopes),
    environment: "live",
    apiKeyId,
    spendId: apiKeyId,
    userId: null,
    models: [],
    rpmLimit: null,
  };
  return {
    orgId,
    principal,
    async submit(input, environment = "live") {
      const { accepted } = await submitInference(db, queue, {
        principal: { ...principal, environment },
        input: { model: "gpt-4o", max_tokens: 64, ...input },
        traceId: randomUUID(),
      });
      await flushSends();
      return fromPublicId("inf", accepted.id);
    },
  };
}

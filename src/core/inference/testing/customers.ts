import { randomUUID } from "node:crypto";
import { beforeEach, expect } from "vitest";
import { useTestStack } from "../../../../infra/testing/use-test-stack";
import type { Plan } from "../../../shared/plans";
import { type KeyPrincipal, newId } from "../../platform";
import { createDb } from "../../platform/db/client";
import { completeRequest } from "../index";
import { answer, claim, makeCaller, RecordingQueue } from "./world";

/** Customers with caps and quotas, and what their requests have cost. */

export const stack = await useTestStack();
export const db = createDb({ url: stack.databaseUrl, poolMax: 10 });
export let queue = new RecordingQueue();
beforeEach(() => {
  queue = new RecordingQueue();
});

/** What `hello` may cost: 58 bounded tokens of input at $2.50 and 100 of output at $10 a million. */
export const HELLO_MICROS = 145 + 1_000;
export const HELLO_TOKENS = 158;
/** What `answer` costs: 800 tokens at $2.50, 200 cached ones at $1.25, 50 of output at $10. */
export const ANSWER_MICROS = 2_750;
export const ANSWER_TOKENS = 1_050;

interface Terms {
  plan?: Plan;
  orgCap?: number | null;
  keyCap?: number | null;
  customTokens?: number | null;
  overage?: boolean;
  status?: string;
}

/** An organization with a subscription and a key that stand in the database, as the caps do. */
export async function openCustomer(terms: Terms = {}): Promise<KeyPrincipal> {
  const caller = await makeCaller(db, { plan: terms.plan ?? "pro" });
  const now = new Date();
  await db.organization.create({
    data: { id: caller.orgId, nameCipher: new Uint8Array(1), createdAt: now, updatedAt: now },
  });
  await db.subscription.create({
    data: {
      orgId: caller.orgId,
      plan: caller.plan,
      status: terms.status ?? "active",
      stripeSubscriptionId: terms.overage ? `sub_${randomUUID()}` : null,
      overage: terms.overage ?? false,
      monthlyCapMicros: big(terms.orgCap),
      customMonthlyTokens: big(terms.customTokens),
      createdAt: now,
      updatedAt: now,
    },
  });
  await addKey(caller, caller.apiKeyId, terms.keyCap);
  return caller;
}

const big = (amount: number | null | undefined) => (amount == null ? null : BigInt(amount));

export async function addKey({ orgId, spendId }: KeyPrincipal, id: string, cap: number | null = null) {
  await db.apiKey.create({
    data: {
      id,
      orgId,
      spendId,
      name: "key",
      environment: "live",
      secretHash: Buffer.from(id),
      prefix: "agt_live_0000",
      lastFour: "0000",
      scopes: [],
      monthlyCapMicros: big(cap),
      createdAt: new Date(),
    },
  });
}

export const anotherKey = async (caller: KeyPrincipal, cap: number | null = null): Promise<KeyPrincipal> => {
  const id = newId();
  const other = { ...caller, apiKeyId: id, spendId: id };
  await addKey(other, id, cap);
  return other;
};

/** What came of calls that ran at once. */
export const settle = async <T>(calls: Promise<T>[]) => {
  const results = await Promise.allSettled(calls);
  const reasons = results.flatMap((result) => (result.status === "rejected" ? [result.reason] : []));
  return {
    accepted: results.flatMap((result) => (result.status === "fulfilled" ? [result.value] : [])),
    reasons,
    refused: reasons.map(({ code }) => code),
  };
};
export const times = <T>(count: number, call: (index: number) => T) =>
  Array.from({ length: count }, (_, i) => call(i));

export const finish = async (requestId: string) => {
  const job = await claim(db, requestId);
  expect(await completeRequest(db, { job, completion: answer, latencyMs: 10 })).toEqual({ settled: true });
};

export async function moneyOf({ orgId, spendId }: KeyPrincipal) {
  const org = await db.quotaCounter.findFirst({ where: { orgId } });
  const key = await db.keySpend.findFirst({ where: { keyId: spendId } });
  const shown = (row: { spentMicros: bigint; reservedMicros: bigint } | null) => [
    Number(row?.spentMicros ?? 0n),
    Number(row?.reservedMicros ?? 0n),
  ];
  return { org: shown(org), key: shown(key) };
}

/** The quota of this month, agreed with the organization. */
export async function setLimit(orgId: string, tokens: number): Promise<void> {
  const now = new Date();
  await db.organization.upsert({
    where: { id: orgId },
    create: { id: orgId, nameCipher: new Uint8Array(1), createdAt: now, updatedAt: now },
    update: {},
  });
  await db.subscription.upsert({
    where: { orgId },
    create: { orgId, customMonthlyTokens: BigInt(tokens), createdAt: now, updatedAt: now },
    update: { customMonthlyTokens: BigInt(tokens) },
  });
}

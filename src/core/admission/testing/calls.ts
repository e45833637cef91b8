import { keyPrincipal } from "../../../../infra/testing/key-principal";
import { until } from "../../../../infra/testing/until";
import { noUsage } from "../../models";
import { type Db, type Environment, type KeyPrincipal, newId } from "../../platform";
import type { LedgerAmounts } from "../../quota";
import type { CallToAdmit } from "../calls/call";

/** Fixtures for the tests of this noun: customers, and calls that they make. */

export interface Limits {
  /** Agreed tokens of the month. */
  tokens?: number;
  orgCapMicros?: number;
  keyCapMicros?: number;
}

/** A key of an organization that may make any number of calls a minute. */
export async function makeCaller(
  db: Db,
  { tokens, orgCapMicros, keyCapMicros }: Limits = {},
): Promise<KeyPrincipal> {
  const [orgId, now] = [newId(), new Date()];
  await db.organization.create({
    data: {
      id: orgId,
      nameCipher: new Uint8Array([1]),
      createdAt: now,
      updatedAt: now,
      subscription: {
        create: {
          plan: "plus",
          createdAt: now,
          updatedAt: now,
          ...(tokens !== undefined && { customMonthlyTokens: BigInt(tokens) }),
          ...(orgCapMicros !== undefined && { monthlyCapMicros: BigInt(orgCapMicros) }),
        },
      },
    },
  });
  return await makeKey(db, orgId, keyCapMicros);
}

export async function makeKey(db: Db, orgId: string, capMicros?: number): Promise<KeyPrincipal> {
  const apiKeyId = newId();
  await db.apiKey.create({
    data: {
      id: apiKeyId,
      orgId,
      name: "test",
      environment: "live",
      secretHash: Buffer.from(apiKeyId),
      prefix: "agt_live_test",
      lastFour: "test",
      scopes: [],
      spendId: apiKeyId,
      createdAt: new Date(),
      ...(capMicros !== undefined && { monthlyCapMicros: BigInt(capMicros) }),
    },
  });
  return keyPrincipal({
    orgId,
    apiKeyId,
    spendId: apiKeyId,
    plan: "plus",
    requestsPerMinute: 1_000_000,
    scopes: new Set(["inference:write"]),
  });
}

export function callOf(
  principal: KeyPrincipal,
  {
    tokens = 100,
    micros = 1_000,
    environment = "live",
  }: { tokens?: number; micros?: number; environment?: Environment } = {},
): CallToAdmit {
  return {
    id: newId(),
    principal,
    environment,
    endpoint: "/v1/chat/completions",
    model: {
      id: "gpt-4o",
      provider: "openai",
      upstreamModel: "gpt-4o-2024-08-06",
      priceVersion: "gpt-4o@2024-10-01",
    },
    tokens,
    costMicros: BigInt(micros),
  };
}

export function amounts(inputTokens: number, outputTokens: number, micros: number): LedgerAmounts {
  return {
    ...noUsage,
    inputTokens,
    outputTokens,
    longContext: false,
    costMicros: BigInt(micros),
    priceVersion: "gpt-4o@2024-10-01",
    latencyMs: 12.4,
  };
}

/** What all counters of an organization say, and what its ledger and its open calls add up to. */
export async function booksOf(db: Db, orgId: string) {
  const [counters, keys, ledger, open, leases] = await Promise.all([
    db.quotaCounter.findMany({ where: { orgId } }),
    db.keySpend.findMany({ where: { orgId } }),
    db.usageLedger.findMany({ where: { orgId } }),
    db.openCall.findMany({ where: { orgId } }),
    db.budgetLease.count({ where: { orgId } }),
  ]);
  const sum = <Row>(rows: Row[], of: (row: Row) => bigint) =>
    Number(rows.reduce((total, row) => total + of(row), 0n));
  return {
    used: sum(counters, (row) => row.usedTokens),
    reserved: sum(counters, (row) => row.reservedTokens),
    spent: sum(counters, (row) => row.spentMicros),
    reservedMicros: sum(counters, (row) => row.reservedMicros),
    keySpent: sum(keys, (row) => row.spentMicros),
    keyReserved: sum(keys, (row) => row.reservedMicros),
    ledgerRows: ledger.length,
    ledgerTokens: sum(ledger, (row) => row.inputTokens + row.outputTokens),
    ledgerMicros: sum(ledger, (row) => row.costMicros),
    open: open.length,
    leases,
  };
}

/** The same once every process has given its leases back. */
export async function booksAtRest(db: Db, orgId: string) {
  await until(async () => (await db.budgetLease.count({ where: { orgId } })) === 0);
  return await booksOf(db, orgId);
}

/**
 * In how many seconds a process that renews its row no more counts as dead. A machine that is short of time makes them
 * fewer, never more.
 */
export async function secondsToLive(db: Db, { processId }: { processId: string }): Promise<number> {
  const [row] = await db.$queryRaw<{ seconds: number }[]>`
    SELECT extract(epoch FROM expires_at - now())::float8 AS seconds FROM admission_processes WHERE id = ${processId}::uuid`;
  if (row === undefined) throw new Error("the process has no row");
  return row.seconds;
}

/** With the second until a worker looks they are the five that are promised. */
export const LIVES_AT_MOST = 4;

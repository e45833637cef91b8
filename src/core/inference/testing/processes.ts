import { Admission, type AdmittedCall } from "../../admission";
import { noUsage } from "../../models";
import { type KeyPrincipal, newId } from "../../platform";
import { createDb } from "../../platform/db/client";
import { completeRequest } from "../index";
import { db, stack } from "./customers";
import { answer, claim, RecordingQueue, submit } from "./world";

const url = stack.env.DATABASE_URL ?? "";

/** A process as submission needs it: connections and an admission of its own. */
export class ServerProcess {
  readonly db;
  readonly admission;
  /** Requests that were accepted under a lease. */
  leased = 0;

  /** @param address where submission reaches the database, if that is not where admission does. */
  constructor(address = url) {
    this.db = createDb({ url: address, poolMax: 4 });
    this.admission = new Admission(db, { url });
  }

  async submit(
    caller: KeyPrincipal,
    { tokens = 60, idempotencyKey }: { tokens?: number; idempotencyKey?: string | undefined } = {},
  ): Promise<string> {
    return await submit(this.db, new RecordingQueue(), caller, {
      input: { model: "gpt-4o", prompt: "Hi.", max_tokens: tokens },
      idempotencyKey,
      reserve: (request) => {
        const hold = this.admission.reserveQueued(request);
        if (hold === undefined) return undefined;
        const accepted = () => {
          this.leased += 1;
          hold.accepted();
        };
        return { ...hold, accepted };
      },
    });
  }

  /** A call whose caller waits. */
  async call(principal: KeyPrincipal, tokens: number): Promise<AdmittedCall> {
    const call = await this.admission.admit({
      id: newId(),
      principal: { ...principal, requestsPerMinute: 1_000_000 },
      environment: "live",
      endpoint: "/v1/chat/completions",
      model: { id: "gpt-4o", provider: "openai", upstreamModel: "gpt-4o", priceVersion: "gpt-4o@2024-10-01" },
      tokens,
      costMicros: 10n,
    });
    await call.opened;
    return call;
  }

  async close(): Promise<void> {
    await this.admission.close();
    await this.db.$disconnect();
  }
}

export function complete(call: AdmittedCall, tokens: number): Promise<unknown> {
  const amounts = {
    ...noUsage,
    inputTokens: tokens,
    longContext: false,
    costMicros: 1n,
    priceVersion: "gpt-4o@2024-10-01",
  };
  return call.settle({ status: "completed", amounts });
}

/** Ends a request as a worker does. */
export async function completeQueued(requestId: string, tokens: number): Promise<void> {
  const job = await claim(db, requestId);
  const usage = { ...answer.usage, inputTokens: tokens, cachedInputTokens: 0, outputTokens: 0 };
  await completeRequest(db, { job, completion: { ...answer, usage }, latencyMs: 1 });
}

/** All counters of an organization, with what its ledger adds up to. */
export async function booksOf({ orgId }: KeyPrincipal) {
  const [counters, keys, ledger, leases, requests] = await Promise.all([
    db.quotaCounter.findMany({ where: { orgId } }),
    db.keySpend.findMany({ where: { orgId } }),
    db.usageLedger.findMany({ where: { orgId } }),
    db.budgetLease.findMany({ where: { orgId } }),
    db.inferenceRequest.findMany({ where: { orgId, status: "queued" } }),
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
    ledgerTokens: sum(ledger, (row) => row.inputTokens + row.outputTokens),
    ledgerMicros: sum(ledger, (row) => row.costMicros),
    held: sum(leases, (row) => row.heldTokens),
    moved: sum(leases, (row) => row.movedTokens),
    leases: leases.length,
    queued: sum(requests, (row) => row.reservedTokens),
    queuedMicros: sum(requests, (row) => row.reservedMicros),
  };
}

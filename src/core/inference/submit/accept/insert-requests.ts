import pg from "pg";
import type { Plan } from "../../../../shared/plans";
import { plans } from "../../../../shared/plans";
import type { QueuedHold, ReserveQueued } from "../../../admission";
import type { Model } from "../../../models";
import type { Db, Environment, Principal } from "../../../platform";
import type { Bytes } from "../../../platform/crypto/hash";
import { queryNamed } from "../../../platform/db/client";
import type { QueueName } from "../../../platform/queue/queue";
import { type LimitState, monthOf } from "../../../quota";
import type { EncryptedMetadata } from "../../request/metadata";
import type { StoredResponse } from "../../schemas";
import { IDEMPOTENCY_LIFETIME_MS, type IdempotencyClaim } from "../idempotency";
import { acceptLeasedRequestsSql, acceptRequestsSql } from "./accept-requests.sql";

export interface NewRequest {
  id: string;
  /** The millisecond inside `id`. */
  createdAt: Date;
  orgId: string;
  userId: string | null;
  apiKeyId: string | null;
  /** The key whose monthly spend it adds to; null without a key. */
  spendId: string | null;
  plan: Plan;
  environment: Environment;
  queueName: QueueName;
  model: Model;
  inputCipher: Bytes;
  metadata: EncryptedMetadata | undefined;
  /** Numbers and choices only, never content. */
  parameters: Record<string, number | string | undefined>;
  traceId: string;
  maxOutputTokens: number;
  /** Reserved until it ends: tokens, and micro-dollars. */
  tokens: number;
  costMicros: bigint;
  /** Accepted for the organization's own provider keys alone. */
  ownKeyOnly: boolean;
  ownKeyFeePercent: number;
  maxAttempts: number;
}

/** A request and, when the caller gave an Idempotency-Key, the claim to it and the response to store with it. */
export interface Acceptance {
  principal: Principal;
  /** Out of what this process holds. */
  reserve: ReserveQueued;
  request: NewRequest;
  idempotency?: { claim: IdempotencyClaim; response: StoredResponse } | undefined;
  /** Where it is reserved in a lease of this process. */
  hold?: QueuedHold | undefined;
}

export type InsertOutcome =
  | { outcome: "accepted" | "key_taken" }
  /** Another statement holds its key and has not committed yet. */
  | { outcome: "key_in_flight" }
  /** Quota or cap has no headroom for it, with the numbers of that moment. */
  | ({ outcome: "refused" } & Omit<LimitState, "at" | "asked">)
  /** It would fit if processes gave back what their budget leases hold beyond calls under way: they are recalled first. */
  | { outcome: "held" }
  /** The lease that it was reserved in is not this process's any more. */
  | { outcome: "unleased" }
  /** It fits by itself, but concurrent requests took the headroom: try again. */
  | { outcome: "contended" };

const contended: InsertOutcome = { outcome: "contended" };

interface OutcomeRow {
  id: string;
  outcome: InsertOutcome["outcome"];
  refused_by: LimitState["by"];
  starts_at: Date;
  ends_at: Date;
  limit_amount: string | null;
  used_amount: string | null;
  reserved_amount: string | null;
}

/** Accepts a group of requests in one statement; one outcome each, in the group's order. */
export type InsertRequests = (db: Db, group: readonly Acceptance[]) => Promise<InsertOutcome[]>;

/** Reserves for them in the counters (`acceptRequestsSql`). */
export const insertRequests: InsertRequests = (db, group) =>
  insert(db, group, { name: "accept_requests", text: acceptRequestsSql });

/** For those that are reserved in leases, and for test requests (`acceptLeasedRequestsSql`). */
export const insertLeasedRequests: InsertRequests = (db, group) =>
  insert(db, group, { name: "accept_leased_requests", text: acceptLeasedRequestsSql });

async function insert(
  db: Db,
  group: readonly Acceptance[],
  statement: { name: string; text: string },
): Promise<InsertOutcome[]> {
  const rows = JSON.stringify(group.map(toRow));
  try {
    const outcomes = await queryNamed<OutcomeRow>(db, { ...statement, values: [rows] });
    const byId = new Map(outcomes.map((row) => [row.id, toOutcome(row)]));
    return group.map(({ request }) => byId.get(request.id) ?? contended);
  } catch (error) {
    if (isRefusedStatement(error)) return group.map(() => contended);
    throw error;
  }
}

function toOutcome(row: OutcomeRow): InsertOutcome {
  if (row.outcome !== "refused") return { outcome: row.outcome };
  const [limit = 0, used = 0, reserved = 0] = [row.limit_amount, row.used_amount, row.reserved_amount].map(
    (amount) => Number(amount ?? 0),
  );
  const { refused_by: by, starts_at: startsAt, ends_at: resetsAt } = row;
  return { outcome: "refused", by, startsAt, resetsAt, limit, used, reserved };
}

/** The columns of `batch`. Test requests count in no month. */
function toRow({ request, idempotency, hold }: Acceptance) {
  return {
    id: request.id,
    created_at: request.createdAt,
    org_id: request.orgId,
    user_id: request.userId,
    api_key_id: request.apiKeyId,
    spend_id: request.spendId,
    environment: request.environment,
    queue_name: request.queueName,
    model: request.model.id,
    provider: request.model.provider,
    upstream_model: request.model.upstreamModel,
    input: base64(request.inputCipher),
    ...(request.metadata === undefined
      ? {}
      : {
          metadata: base64(request.metadata.cipher),
          metadata_index: request.metadata.index.map((token) => `\\x${Buffer.from(token).toString("hex")}`),
        }),
    parameters: request.parameters,
    trace_id: request.traceId,
    max_output_tokens: request.maxOutputTokens,
    reserved_tokens: request.tokens,
    reserved_micros: Number(request.costMicros),
    own_key_only: request.ownKeyOnly,
    own_key_fee_percent: request.ownKeyFeePercent,
    quota_day: request.environment === "live" ? monthOf(request.createdAt) : null,
    plan_tokens: plans[request.plan].tokensPerMonth,
    max_attempts: request.maxAttempts,
    ...(hold !== undefined && { lease_id: hold.leaseId, process_id: hold.processId }),
    ...(idempotency === undefined
      ? {}
      : {
          operation: idempotency.claim.operation,
          key: idempotency.claim.key,
          request_hash: base64(idempotency.claim.requestHash),
          answer: idempotency.response,
          key_expires_at: new Date(request.createdAt.getTime() + IDEMPOTENCY_LIFETIME_MS),
        }),
  };
}

function base64(bytes: Bytes): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("base64");
}

/** True for the error that the database function `refuse_statement` raises. */
function isRefusedStatement(error: unknown): boolean {
  return error instanceof pg.DatabaseError && error.code === "AG001";
}

/** Out of connections, memory or time, shutting down: nothing that another statement would find otherwise. */
const OUTAGE = /^(08|53|57)/;

/** True when the database itself refused a statement, false when it could not be reached. */
export function isStatementError(error: unknown): boolean {
  return error instanceof pg.DatabaseError && error.code !== undefined && !OUTAGE.test(error.code);
}

import { z } from "zod";
import { QUEUE_ENDPOINT } from "../../../shared/endpoints";
import { priceOf, ratesFor, tierOf } from "../../models";
import { type Db, environmentsIn, timeOfId } from "../../platform";
import { asOrganization } from "../../platform/db/as-organization";
import type { UsageLedger } from "../../platform/db/generated/prisma/client";
import { isOwn } from "../../platform/db/rows/own-rows";
import { traceIdOf } from "../../platform/observability/trace";
import { decryptText } from "../../privacy";
import type { ArchivedRequest } from "../archive/archived-request";
import { type ReadOptions, readArchived, statusRowOf } from "../archive/read-archived";
import { type ChatRequest, chatRequestSchema } from "../request/chat";
import { inputField, type RequestKey, reachable, resultField } from "../request-row";
import {
  type Attempt,
  attemptSchema,
  endpointSchema,
  type InferenceDetail,
  isTerminal,
  type Receipt,
  type RequestStatus,
  type TimelineEntry,
} from "../schemas";
import { parseOutput, toFinishReason } from "./get-inference";
import { linksOf, requestNotFound, type StatusRow, toStatusView, toUsageView } from "./views";

/** Everything about one request, decrypted for its own organization. @throws AppError `not_found`. */
export async function getInferenceDetail(
  db: Db,
  key: RequestKey,
  options?: ReadOptions,
): Promise<InferenceDetail> {
  const { orgId, requestId } = key;
  const createdAt = timeOfId(requestId);
  const [row, ledger] = await asOrganization(db, orgId, async (tx) => [
    await tx.inferenceRequest.findFirst({ where: reachable(key) }),
    await tx.usageLedger.findUnique({ where: { requestId_createdAt: { requestId, createdAt } } }),
  ]);
  if (row === null || (row.inputCipher === null && row.completedAt !== null)) {
    const archived = await readArchived(db, key, options);
    if (archived !== undefined) return { ...toDetail(archivedContent(archived), ledger), archived: true };
  }
  if (row === null) return await getUnstoredDetail(db, key, ledger);
  const subject = { type: "org", id: orgId } as const;
  const told = {
    row,
    input:
      row.inputCipher === null
        ? null
        : await decryptText(db, subject, inputField(requestId), row.inputCipher),
    result:
      row.resultCipher === null
        ? null
        : await decryptText(db, subject, resultField(requestId), row.resultCipher),
    attempts: z.array(attemptSchema).parse(row.attemptLog),
  };
  const detail = toDetail(told, ledger);
  return told.input === null ? { ...detail, stored: false, content_expired: true } : detail;
}

/** A request with its texts, from its row or from the archive. */
interface Told {
  row: Omit<StatusRow, "metadata"> & {
    endpoint: string | null;
    finishReason: string | null;
    provider: string;
    upstreamModel: string;
    maxOutputTokens: number;
    enqueuedAt: Date | null;
  };
  /** Null once its retention has ended. */
  input: string | null;
  result: string | null;
  attempts: readonly Attempt[];
}

function archivedContent(request: ArchivedRequest): Told {
  const row = {
    ...statusRowOf(request),
    endpoint: request.endpoint,
    finishReason: request.finish_reason,
    provider: request.provider,
    upstreamModel: request.upstream_model,
    maxOutputTokens: request.max_output_tokens,
    enqueuedAt: request.enqueued_at,
  };
  return { row, input: request.input, result: request.result, attempts: request.attempt_log };
}

function toDetail({ row, input, result, attempts }: Told, ledger: UsageLedger | null): InferenceDetail {
  const {
    messages = [],
    model: _,
    metadata = {},
    ...parameters
  }: Partial<ChatRequest> = input === null ? {} : chatRequestSchema.parse(JSON.parse(input));
  return {
    ...toStatusView({ ...row, metadata }),
    endpoint: endpointSchema.parse(row.endpoint ?? QUEUE_ENDPOINT),
    stored: true,
    output: result === null ? null : parseOutput(result),
    finish_reason: toFinishReason(row.finishReason),
    usage: ledger === null ? null : toUsageView(ledger),
    cost_micros: ledger === null ? null : Number(ledger.costMicros),
    provider: row.provider,
    served_by: row.upstreamModel,
    parameters: z.record(z.string(), z.json()).parse(JSON.parse(JSON.stringify(parameters))),
    max_output_tokens: row.maxOutputTokens,
    messages,
    latency_ms: row.completedAt === null ? null : row.completedAt.getTime() - row.createdAt.getTime(),
    timeline: toTimeline(row, attempts),
    receipt: ledger === null ? null : toReceipt(ledger),
    trace_id: traceIdOf(row.traceId),
  };
}

/** A call under `/v1` whose prompt and answer were not kept: what the ledger says of it. */
async function getUnstoredDetail(
  db: Db,
  { orgId, environment, own, requestId }: RequestKey,
  ledger: UsageLedger | null,
): Promise<InferenceDetail> {
  const inReach = ledger?.orgId === orgId && environmentsIn(environment).includes(ledger.environment);
  if (ledger === null || ledger.endpoint === null || !inReach || !isOwn(own, ledger)) throw requestNotFound();
  const createdAt = timeOfId(requestId);
  // A stored call that was deleted from the history does not come back.
  if ((await db.inferenceRequest.count({ where: { id: requestId, createdAt } })) > 0) throw requestNotFound();
  const { status, settledAt } = ledger;
  const ended = { errorCode: null, errorMessage: null, errorParam: null, traceId: "" };
  const times = { createdAt, startedAt: createdAt, completedAt: settledAt, cancelRequestedAt: null };
  return {
    ...toStatusView({ ...ledger, ...ended, ...times, id: requestId, metadata: {} }),
    links: linksOf(requestId, { stored: false }),
    endpoint: endpointSchema.parse(ledger.endpoint),
    stored: false,
    output: null,
    finish_reason: toFinishReason(ledger.finishReason),
    usage: toUsageView(ledger),
    cost_micros: Number(ledger.costMicros),
    provider: ledger.provider,
    served_by: ledger.upstreamModel,
    parameters: {},
    max_output_tokens: 0,
    messages: [],
    latency_ms: ledger.latencyMs,
    timeline: toTimeline({ ...ended, ...times, status, enqueuedAt: null }, []),
    receipt: toReceipt(ledger),
    trace_id: "",
  };
}

export function toReceipt(ledger: {
  billable: boolean;
  priceVersion: string;
  serviceTier: string;
  longContext: boolean;
  longCacheWriteTokens: bigint;
  regional: boolean;
  costMicros: bigint;
  reservedTokens: bigint;
  reservedMicros: bigint;
  overageTokens: bigint;
  overageMicros: bigint;
  ownKey: boolean;
  providerMicros: bigint;
  cacheAgeSeconds: number | null;
}): Receipt {
  const price = priceOf(ledger.priceVersion);
  const { serviceTier, longContext } = ledger;
  const rates = price && ratesFor(price, { serviceTier: tierOf(serviceTier) ?? "default", longContext });
  return {
    billable: ledger.billable,
    price_version: ledger.priceVersion,
    input_price_per_million_micros: rates?.input ?? 0,
    cached_input_price_per_million_micros: rates?.cachedInput ?? 0,
    cache_write_price_per_million_micros: rates?.cacheWrite ?? 0,
    long_cache_write_price_per_million_micros: rates?.longCacheWrite ?? 0,
    long_cache_write_tokens: Number(ledger.longCacheWriteTokens),
    output_price_per_million_micros: rates?.output ?? 0,
    service_tier: serviceTier,
    long_context: longContext,
    regional_percent: ledger.regional ? (price?.regionalPercent ?? 100) : 100,
    cost_micros: Number(ledger.costMicros),
    reserved_tokens: Number(ledger.reservedTokens),
    reserved_micros: Number(ledger.reservedMicros),
    overage_tokens: Number(ledger.overageTokens),
    overage_micros: Number(ledger.overageMicros),
    byok: ledger.ownKey,
    provider_cost_micros: Number(ledger.providerMicros),
    cache_age_seconds: ledger.cacheAgeSeconds,
  };
}

/** A request's events in order, from its columns and its attempt log. */
export function toTimeline(
  row: {
    status: RequestStatus;
    createdAt: Date;
    enqueuedAt: Date | null;
    cancelRequestedAt: Date | null;
    completedAt: Date | null;
    errorCode: string | null;
  },
  attempts: readonly Attempt[],
): TimelineEntry[] {
  const entries: TimelineEntry[] = [{ at: row.createdAt.toISOString(), event: "accepted" }];
  if (row.enqueuedAt !== null) entries.push({ at: row.enqueuedAt.toISOString(), event: "queued" });
  for (const { attempt, started_at, ended_at, outcome, error_code } of attempts) {
    entries.push({ at: started_at, event: "attempt_started", attempt });
    if (ended_at === null) continue;
    const error = error_code === undefined ? {} : { error_code };
    entries.push({ at: ended_at, event: "attempt_ended", attempt, outcome, ...error });
  }
  if (row.cancelRequestedAt !== null) {
    entries.push({ at: row.cancelRequestedAt.toISOString(), event: "cancel_requested" });
  }
  entries.sort((left, right) => (left.at < right.at ? -1 : left.at > right.at ? 1 : 0));
  if (row.completedAt !== null && isTerminal(row.status)) {
    const error = row.errorCode === null ? {} : { error_code: row.errorCode };
    entries.push({ at: row.completedAt.toISOString(), event: row.status, ...error });
  }
  return entries;
}

import { retirementNotice } from "../../models";
import { AppError, type Environment, toPublicId } from "../../platform";
import { traceIdOf } from "../../platform/observability/trace";
import { type ApiError, toApiError } from "../../platform/schemas/api-error";
import type { Metadata } from "../request/metadata";
import type { AcceptedView, InferenceLinks, RequestStatus, StatusView, UsageView } from "../schemas";

/** A request whose content was not stored has only its receipt. */
export function linksOf(requestId: string, { stored = true } = {}): InferenceLinks {
  const id = toPublicId("inf", requestId);
  const self = `/api/v1/inference/${id}`;
  const receipt = `/v1/generation?id=${id}`;
  if (!stored) return { self: receipt, result: receipt, cancel: `${self}/cancel` };
  return { self, result: `${self}/result`, cancel: `${self}/cancel` };
}

interface Head {
  id: string;
  createdAt: Date;
  model: string;
  status: RequestStatus;
  environment: Environment;
  metadata: Metadata;
}

export function toHead({ id, createdAt, model, status, environment, metadata }: Head) {
  const notice = retirementNotice(model, createdAt);
  return {
    id: toPublicId("inf", id),
    status,
    model,
    ...(notice === undefined ? {} : { model_notice: notice }),
    environment,
    created_at: createdAt.toISOString(),
    metadata,
  };
}

export function toAcceptedView(head: Omit<Head, "status">): AcceptedView {
  return { ...toHead({ ...head, status: "queued" }), links: linksOf(head.id) };
}

interface Ended {
  errorCode: string | null;
  errorMessage: string | null;
  errorParam: string | null;
  /** The trace id of the call that created the request. */
  traceId: string;
}

/** Why a request failed, in the API's error format. */
export function toError({ errorCode, errorMessage, errorParam, traceId }: Ended): ApiError | null {
  if (errorCode === null) return null;
  return toApiError({
    code: errorCode,
    message: errorMessage ?? "",
    param: errorParam,
    requestId: traceIdOf(traceId),
  });
}

/** The columns of a status view. */
export const statusColumns = {
  id: true,
  createdAt: true,
  model: true,
  status: true,
  startedAt: true,
  completedAt: true,
  cancelRequestedAt: true,
  errorCode: true,
  errorMessage: true,
  errorParam: true,
  traceId: true,
  environment: true,
  metadataCipher: true,
} as const;

export type StatusRow = Head &
  Ended & { startedAt: Date | null; completedAt: Date | null; cancelRequestedAt: Date | null };

export function toStatusView(row: StatusRow): StatusView {
  return {
    ...toHead(row),
    started_at: row.startedAt?.toISOString() ?? null,
    completed_at: row.completedAt?.toISOString() ?? null,
    cancel_requested: row.cancelRequestedAt !== null,
    links: linksOf(row.id),
    error: toError(row),
  };
}

export interface LedgerNumbers {
  inputTokens: bigint;
  cachedInputTokens: bigint;
  cacheWriteTokens: bigint;
  longCacheWriteTokens: bigint;
  outputTokens: bigint;
  reasoningTokens: bigint;
}

export function toUsageView(ledger: LedgerNumbers): UsageView {
  return {
    input_tokens: Number(ledger.inputTokens),
    cached_input_tokens: Number(ledger.cachedInputTokens),
    cache_write_tokens: Number(ledger.cacheWriteTokens + ledger.longCacheWriteTokens),
    output_tokens: Number(ledger.outputTokens),
    reasoning_tokens: Number(ledger.reasoningTokens),
    total_tokens: Number(ledger.inputTokens + ledger.outputTokens),
  };
}

/** The same error for a request that never was, was deleted, or belongs to someone else or the other environment. */
export function requestNotFound(): AppError {
  return new AppError("not_found", {
    public:
      "Request not found. It may have been deleted, or it may belong to another organization or environment.",
    param: "id",
  });
}

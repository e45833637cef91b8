import {
  type AcceptedView,
  getInference,
  type InferenceInput,
  type ResultView,
  type StatusView,
  submitInference,
} from "@agathaai/core/inference";
import { type Principal, reachOf } from "@agathaai/core/platform";
import type { Context } from "../../context";

/** The two calls that programs make hundreds of times a second, for their procedures and for their direct way (ADR 40). */

export type KnownContext = Context & { principal: Principal };

export async function submitCall(
  ctx: KnownContext,
  input: InferenceInput,
): Promise<AcceptedView | ResultView> {
  const { waitSeconds } = ctx;
  const { accepted, result, replayed, notSent } = await submitInference(ctx.db, ctx.queue, {
    principal: ctx.principal,
    input: withinFallback(ctx, input),
    idempotencyKey: ctx.idempotencyKey,
    traceId: ctx.requestId,
    ...(waitSeconds !== undefined && { waitSeconds, signal: ctx.signal }),
  });
  if (replayed) ctx.responseHeaders.set("idempotent-replayed", "true");
  if (notSent.length > 0) ctx.responseHeaders.set("x-agatha-not-sent", notSent.join(", "));
  return result ?? accepted;
}

/** Where the caller wants the model asked for or none, its others are no part of the request. */
export function withinFallback({ fallback }: Context, input: InferenceInput): InferenceInput {
  if (fallback || input.models === undefined) return input;
  const { models: _, ...rest } = input;
  return rest;
}

export function statusCall(ctx: KnownContext, { id }: { id: string }): Promise<StatusView> {
  return getInference(ctx.db, { ...reachOf(ctx.principal), requestId: id });
}

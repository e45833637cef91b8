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
  const { accepted, result, replayed } = await submitInference(ctx.db, ctx.queue, {
    principal: ctx.principal,
    input,
    idempotencyKey: ctx.idempotencyKey,
    traceId: ctx.requestId,
    ...(waitSeconds !== undefined && { waitSeconds, signal: ctx.signal }),
  });
  if (replayed) ctx.responseHeaders.set("idempotent-replayed", "true");
  return result ?? accepted;
}

export function statusCall(ctx: KnownContext, { id }: { id: string }): Promise<StatusView> {
  return getInference(ctx.db, { ...reachOf(ctx.principal), requestId: id });
}

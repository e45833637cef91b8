import type { CallEnd } from "@agathaai/core/admission";
import { billUsage, type TokenUsage } from "@agathaai/core/models";
import { billedForOwnKey } from "@agathaai/core/provider-keys";
import type { LedgerAmounts } from "@agathaai/core/quota";
import type { Outcome } from "@agathaai/worker/engine/live/generation";
import type { PreparedCall } from "../dialect";
import { estimatedUsage, uncountedUsage } from "./estimate";

/**
 * How a call is settled (ADR 36).
 * - Completed: by the provider's own count. Where it gave none that can be read, by our own, marked as an estimate and a defect.
 * - Failed, here or at the provider: nothing is billed, whatever was delivered.
 * - The client left: by the provider's count of the whole answer if it came; else by what was delivered, counted here and marked as an
 *   estimate; before the first byte, nothing. The same where a stream took all the time that a call has, or its provider's policy ended it.
 * - From the response cache (ADR 43): no tokens, no money.
 * - With the organization's own key (ADR 42): the same tokens, and the plan's fee for the money.
 */
export function callEnd(
  outcome: Outcome<unknown>,
  { call, stopping, latencyMs }: { call: PreparedCall; stopping: boolean; latencyMs: number },
): CallEnd {
  const served = outcome.target;
  const status = statusOf(outcome, stopping);
  const usage = status === "failed" ? undefined : usageOf(outcome, call);
  const billed = usage && billUsage(served.model.priceVersion, usage, call.asked);
  const charged: LedgerAmounts | undefined =
    billed && outcome.ownKey ? billedForOwnKey(billed, call.ownKeyFeePercent) : billed;
  // Nobody else has these amounts.
  if (charged !== undefined) charged.latencyMs = latencyMs;
  const { cacheAgeSeconds, upstreamModel, attempts, firstContentMs, finishReason } = outcome;
  return {
    status,
    amounts: charged,
    estimated: charged !== undefined && usage !== outcome.usage,
    ownKey: outcome.ownKey === true,
    cacheAgeSeconds,
    provider: served.model.provider,
    upstreamModel: upstreamModel ?? served.model.upstreamModel,
    attempts,
    firstByteMs: firstContentMs === undefined ? undefined : Math.round(firstContentMs),
    finishReason,
  };
}

function statusOf({ result }: Outcome<unknown>, stopping: boolean): CallEnd["status"] {
  if (result === "aborted") return stopping ? "failed" : "cancelled";
  return result;
}

function usageOf(outcome: Outcome<unknown>, call: PreparedCall): TokenUsage | undefined {
  const isWhole = outcome.result === "completed";
  if (!isWhole && !outcome.started) return undefined;
  // Before the end, Gemini's count is one of what it has generated so far, thoughts and what never arrived included.
  const isCounted = outcome.usage !== undefined && (isWhole || outcome.finishReason !== undefined);
  if (isCounted) return outcome.usage;
  return isWhole ? uncountedUsage(outcome, call) : estimatedUsage(outcome, call);
}

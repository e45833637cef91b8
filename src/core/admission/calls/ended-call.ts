import type { Environment } from "../../platform";
import { type Column, plain, quoted } from "../../platform/db/rows/columns";
import type { LedgerAmounts } from "../../quota";
import type { CallEnd, CallToAdmit } from "./call";

export interface EndedCall {
  id: string;
  /** Undefined where its end alone is known. */
  environment: Environment | undefined;
  end: CallEnd;
  /** A statement with it was under way when the connection broke. */
  doubtful: boolean;
}

/**
 * Whether a call ended as nearly all do: completed by the model asked for, and nothing beside tokens of the usual classes. The statement
 * for these says the rest itself.
 */
export function isUsual(end: CallEnd, model: CallToAdmit["model"]): boolean {
  const { status, amounts } = end;
  return (
    status === "completed" &&
    amounts !== undefined &&
    amounts.latencyMs !== undefined &&
    amounts.priceVersion === model.priceVersion &&
    amounts.cacheWriteTokens === 0 &&
    amounts.longCacheWriteTokens === 0 &&
    amounts.serviceTier === "default" &&
    !amounts.longContext &&
    !amounts.regional &&
    amounts.defect === null &&
    (amounts.providerMicros ?? 0n) === 0n &&
    end.estimated !== true &&
    end.ownKey !== true &&
    end.cacheAgeSeconds === undefined &&
    (end.provider === undefined || end.provider === model.provider)
  );
}

/** The tokens and money of one settlement. */
export interface Settled {
  tokens: number;
  micros: bigint;
}

/** As a lease counts it. */
export const usedBy = (settled: Settled | null): { tokens: number; micros: number } | undefined =>
  settled === null ? undefined : { tokens: settled.tokens, micros: Number(settled.micros) };

/** What the ledger row of a usual call says, known before it is written: as `billedColumns`. */
export function settledAsUsual({ environment, end: { amounts } }: EndedCall): Settled | null {
  if (amounts === undefined) return null;
  return {
    tokens: amounts.inputTokens + amounts.outputTokens,
    micros: environment === "live" ? amounts.costMicros : 0n,
  };
}

/** The usage to bill; undefined for a failed call. */
function amountsOf({ end }: EndedCall): LedgerAmounts | undefined {
  return end.status === "failed" ? undefined : end.amounts;
}

/** In the order of the statements' parameters. */
export const endColumns: readonly Column<EndedCall>[] = [
  plain(({ id }) => id),
  plain(({ end }) => end.status),
  plain((call) => amountsOf(call) !== undefined),
  plain(({ end }) => end.estimated ?? false),
  plain(({ end }) => end.provider ?? null),
  quoted(({ end }) => end.upstreamModel ?? null),
  plain((call) => amountsOf(call)?.inputTokens ?? 0),
  plain((call) => amountsOf(call)?.cachedInputTokens ?? 0),
  plain((call) => amountsOf(call)?.outputTokens ?? 0),
  plain((call) => amountsOf(call)?.reasoningTokens ?? 0),
  plain((call) => amountsOf(call)?.costMicros ?? 0),
  quoted(({ end }) => end.amounts?.priceVersion ?? null),
  plain(({ end }) => rounded(end.amounts?.latencyMs)),
  plain(({ end }) => rounded(end.firstByteMs)),
  quoted(({ end }) => end.finishReason ?? null),
  quoted(({ end }) => (end.attempts === undefined ? null : JSON.stringify(end.attempts))),
  plain((call) => amountsOf(call)?.cacheWriteTokens ?? 0),
  plain((call) => amountsOf(call)?.longCacheWriteTokens ?? 0),
  plain((call) => amountsOf(call)?.serviceTier ?? "default"),
  plain((call) => amountsOf(call)?.longContext ?? false),
  plain((call) => amountsOf(call)?.regional ?? false),
  quoted((call) => amountsOf(call)?.defect ?? null),
  plain(({ end }) => end.ownKey ?? false),
  plain((call) => amountsOf(call)?.providerMicros ?? 0),
  plain(({ end }) => end.cacheAgeSeconds ?? null),
];

function rounded(ms: number | undefined): number | null {
  return ms === undefined ? null : Math.round(ms);
}

/** The same of usual calls. */
export const usualColumns: readonly Column<EndedCall>[] = [
  plain(({ id }) => id),
  quoted(({ end }) => end.upstreamModel ?? null),
  plain(({ end }) => end.amounts?.inputTokens ?? 0),
  plain(({ end }) => end.amounts?.cachedInputTokens ?? 0),
  plain(({ end }) => end.amounts?.outputTokens ?? 0),
  plain(({ end }) => end.amounts?.reasoningTokens ?? 0),
  plain(({ end }) => end.amounts?.costMicros ?? 0),
  plain(({ end }) => rounded(end.amounts?.latencyMs)),
  plain(({ end }) => rounded(end.firstByteMs)),
  quoted(({ end }) => end.finishReason ?? null),
  quoted(({ end }) => (end.attempts === undefined ? null : JSON.stringify(end.attempts))),
];

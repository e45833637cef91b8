import { type Plan, plans } from "../../shared/plans";
import type { BilledUsage } from "../models";

/** Our fee for calls with an own key, in percent of the list price. */
export function ownKeyFeePercent(plan: Plan): number {
  return plans[plan].ownKeyFeePercent ?? 0;
}

/** Money held for a call that only own keys may answer: the most our fee can be. */
export function heldForFee(costMicros: bigint, feePercent: number): bigint {
  return (costMicros * BigInt(feePercent) + 99n) / 100n;
}

/**
 * What we bill for a call with the organization's own key: our fee, rounded half up. The provider bills the call
 * itself.
 */
export function billedForOwnKey(
  billed: BilledUsage,
  feePercent = 0,
): BilledUsage & { providerMicros: bigint } {
  const providerMicros = billed.costMicros;
  return { ...billed, providerMicros, costMicros: (providerMicros * BigInt(feePercent) + 50n) / 100n };
}

import type { BilledUsage } from "@agathaai/core/models";
import type { Db } from "@agathaai/core/platform/db/client";
import type { Principal } from "@agathaai/core/platform/principal";
import { readOwnKeys } from "@agathaai/core/provider-keys";
import type { Target } from "@agathaai/worker/engine/live/generation";
import { plans } from "@/shared/plans";
import type { PreparedCall } from "./dialect";

/**
 * Lets the organization's own keys answer first where it has any for a target's provider. Money is held only for what we may
 * bill: the fee of the plan, or the model where ours may follow. Tokens are held as ever, because they count toward the plan.
 */
export async function preferOwnKeys(db: Db, principal: Principal, prepared: PreparedCall): Promise<void> {
  if (principal.ownKeys !== true || prepared.environment !== "live") return;
  const own = await readOwnKeys(db, principal.orgId);
  const withOwn = (target: Target): Target =>
    target.provider === "simulator" ? target : { ...target, own: own[target.provider] };
  const [first, ...others] = prepared.targets;
  prepared.targets = [withOwn(first), ...others.map(withOwn)];
  const feePercent = plans[principal.plan].ownKeyFeePercent ?? 0;
  prepared.ownKeyFeePercent = feePercent;
  const oursMayAnswer = prepared.targets.some((target) => target.own?.thenOurs !== false);
  if (!oursMayAnswer) prepared.costMicros = (prepared.costMicros * BigInt(feePercent) + 99n) / 100n;
}

/** What a call with the organization's own key is billed: the provider bills it itself, we the fee, rounded half up. */
export function billedForOwnKey(
  billed: BilledUsage,
  { ownKeyFeePercent = 0 }: PreparedCall,
): BilledUsage & { providerMicros: bigint } {
  const providerMicros = billed.costMicros;
  return { ...billed, providerMicros, costMicros: (providerMicros * BigInt(ownKeyFeePercent) + 50n) / 100n };
}

import type { Db, Principal } from "@agathaai/core/platform";
import { heldForFee, ownKeyFeePercent, readOwnKeys } from "@agathaai/core/provider-keys";
import type { Target } from "@agathaai/worker/engine/live/generation";
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
  const feePercent = ownKeyFeePercent(principal.plan);
  prepared.ownKeyFeePercent = feePercent;
  const oursMayAnswer = prepared.targets.some((target) => target.own?.thenOurs !== false);
  if (oursMayAnswer) return;
  prepared.costMicros = heldForFee(prepared.costMicros, feePercent);
  if (prepared.maxCost) prepared.maxCost.possibleMicros = prepared.costMicros;
}

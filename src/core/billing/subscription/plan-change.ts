import { AppError } from "../../platform/errors";
import { isPaidUp } from "../entitlement/entitlement";
import { type PaidPlan, rankOf } from "../prices/paid-plans";
import { soldPlan } from "../prices/plan-item";
import type { LiveSubscription } from "./live-subscription";

export type ChangeKind = "upgrade" | "downgrade" | "keep";

/**
 * What going to `plan` means: more is given at once and paid now; less begins when what was paid for has ended; the
 * same lets go of a change that was planned.
 * @throws AppError `conflict` when a payment is open: first that, then more.
 */
export function kindOfChange({ subscription }: LiveSubscription, plan: PaidPlan): ChangeKind {
  const now = soldPlan(subscription);
  if (now === plan) return "keep";
  if (!isPaidUp(subscription)) {
    throw new AppError("conflict", {
      public: "The last payment failed. Pay the open invoice or update your card, then change the plan.",
    });
  }
  return rankOf(plan) > rankOf(now) ? "upgrade" : "downgrade";
}

/** A preview holds for an hour: the amount shown is the amount taken. */
const PREVIEW_SECONDS = 3_600;

/** The moment that prorations count from. */
export function prorationSeconds({ item }: LiveSubscription, previewed: Date | undefined): number {
  const now = Math.floor(Date.now() / 1_000);
  const asked = previewed === undefined ? now : Math.floor(previewed.getTime() / 1_000);
  const fresh = asked <= now && asked > now - PREVIEW_SECONDS ? asked : now;
  return Math.min(Math.max(fresh, item.current_period_start), item.current_period_end);
}

import { formatCount } from "@/shared/format/count";
import { formatMoney } from "@/shared/format/money";
import { formatMonthDay } from "@/shared/format/time";
import type { Overview } from "./quota-labels";
import { resetDay, TIGHT, usedShare } from "./quota-labels";

export interface AlertLabels {
  tone: "attention" | "danger";
  title: string;
  children: string;
}

export type Cap = Overview["tight_caps"][number];

const percent = (share: number) => `${Math.floor(share * 100)}%`;

/** The alert about the month's tokens; null below 80%. With overage on, requests go past the limit at model prices. */
export function quotaAlert({
  quota,
  goes_past_quota,
}: Pick<Overview, "quota" | "goes_past_quota">): AlertLabels | null {
  const share = usedShare(quota);
  if (share === null || share < TIGHT) return null;
  const figures = `${formatCount(quota.used)} of ${formatCount(quota.limit ?? 0)} tokens used this month.`;
  if (goes_past_quota) {
    if (share < 1) return null;
    return {
      tone: "attention",
      title: "You’re past your plan’s tokens",
      children: `${figures} Overage is on: further usage is billed at model prices until ${resetDay(quota)}.`,
    };
  }
  if (share >= 1) {
    return {
      tone: "danger",
      title: "You’ve used all of this month’s tokens",
      children: `${figures} Live requests are refused until ${resetDay(quota)} (UTC) or until you upgrade.`,
    };
  }
  return {
    tone: "attention",
    title: `You’ve used ${percent(share)} of this month’s tokens`,
    children: `${figures} Requests stop at the limit; a larger plan raises it.`,
  };
}

/** The alert about a cap that is reached or nearly so. */
export function capAlert({ key, cap_micros, spent_micros }: Cap): AlertLabels {
  const who = key === null ? "Your organization" : `The key ${key.name}`;
  const whatStops = key === null ? "Live requests" : "Its live requests";
  const figures = `${formatMoney(spent_micros)} of ${formatMoney(cap_micros)} spent this month.`;
  if (spent_micros >= cap_micros) {
    return {
      tone: "danger",
      title: `${who} has reached its cap`,
      children: `${figures} ${whatStops} are refused until the month ends or you raise the cap.`,
    };
  }
  return {
    tone: "attention",
    title: `${who} has used ${percent(spent_micros / cap_micros)} of its cap`,
    children: `${figures} ${whatStops} stop once the next one no longer fits.`,
  };
}

/** For members who cannot pay. */
export function paymentAlert(graceEndsAt: string | null): AlertLabels {
  if (graceEndsAt === null) {
    return {
      tone: "danger",
      title: "Your organization’s plan is paused: an invoice is unpaid",
      children:
        "It’s on Free until an owner or billing member pays. Keys, requests and history don’t change.",
    };
  }
  return {
    tone: "attention",
    title: "Your organization’s last payment failed",
    children: `The plan stays until ${formatMonthDay(new Date(graceEndsAt))} (UTC). An owner or billing member can pay until then.`,
  };
}

export const expiryText = "Requests with it will then be refused. Rotate it to switch without downtime.";

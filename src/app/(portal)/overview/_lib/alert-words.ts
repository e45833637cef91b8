import { formatCount } from "@/shared/count";
import { formatMoney } from "@/shared/money";
import { formatMonthDay } from "@/shared/time";
import type { Overview } from "./overview";
import { resetDay, TIGHT, usedShare } from "./quota-words";

export interface AlertWords {
  tone: "attention" | "danger";
  title: string;
  children: string;
}

export type Cap = Overview["tight_caps"][number];

const percent = (share: number) => `${Math.floor(share * 100)} %`;

/** Of the month's tokens; null while there is room. Where overage is on, the limit is no end, but a price. */
export function quotaWords({
  quota,
  goes_past_quota,
}: Pick<Overview, "quota" | "goes_past_quota">): AlertWords | null {
  const share = usedShare(quota);
  if (share === null || share < TIGHT) return null;
  const figures = `You have used ${formatCount(quota.used)} of ${formatCount(quota.limit ?? 0)} tokens this month.`;
  if (goes_past_quota) {
    if (share < 1) return null;
    return {
      tone: "attention",
      title: "Requests now go past the plan's tokens",
      children: `${figures} What is used beyond them is billed at the models' prices until ${resetDay(quota)}, because overage is on.`,
    };
  }
  if (share >= 1) {
    return {
      tone: "danger",
      title: "The month's tokens are used up",
      children: `${figures} Live requests are refused until ${resetDay(quota)}, or until a larger plan raises the limit.`,
    };
  }
  return {
    tone: "attention",
    title: `${percent(share)} of the month's tokens are used`,
    children: `${figures} Requests stop at the limit; a larger plan raises it.`,
  };
}

/** Of a cap on money that is reached, or soon will be. */
export function capWords({ key, cap_micros, spent_micros }: Cap): AlertWords {
  const whose = key === null ? "The organization's spend cap" : `The spend cap of the key ${key.name}`;
  const whatStops = key === null ? "Live requests" : "Its live requests";
  const figures = `${formatMoney(spent_micros)} of ${formatMoney(cap_micros)} are spent this month.`;
  if (spent_micros >= cap_micros) {
    return {
      tone: "danger",
      title: `${whose} is reached`,
      children: `${figures} ${whatStops} are refused until the month ends or the cap is raised.`,
    };
  }
  return {
    tone: "attention",
    title: `${whose} is ${percent(spent_micros / cap_micros)} used`,
    children: `${figures} ${whatStops} stop when the next one does not fit any more.`,
  };
}

export function paymentWords(graceEndsAt: string | null): AlertWords {
  if (graceEndsAt === null) {
    return {
      tone: "danger",
      title: "The plan is paused: an invoice is unpaid",
      children: "The organization is on Free until it is paid. Keys, requests and history stay as they are.",
    };
  }
  return {
    tone: "attention",
    title: "The last payment failed",
    children: `The plan stays until ${formatMonthDay(new Date(graceEndsAt))} (UTC). A card that works brings all in order at once.`,
  };
}

export const expiryWords = "Its calls are refused from then on. A rotated key takes over without a gap.";

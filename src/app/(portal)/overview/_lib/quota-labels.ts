import { formatCount } from "@/shared/format/count";
import { formatMonthDay } from "@/shared/format/time";
import type { Outputs } from "../../../_client/trpc";

type Quota = Overview["quota"];

/** From this share of the limit on, the overview warns. */
export const TIGHT = 0.8;

export function usedShare({ limit, used }: Quota): number | null {
  if (limit === null) return null;
  return limit === 0 ? 1 : used / limit;
}

/** Rounded down, so that 100% is said of a used-up limit only; what is used is never 0%. */
export function usedPercent(quota: Quota): string | null {
  const share = usedShare(quota);
  if (share === null) return null;
  return quota.used > 0 && share < 0.01 ? "<1%" : `${Math.floor(share * 100)}%`;
}

export function projectedShare({ limit, projected }: Quota): number | null {
  return limit === null || limit === 0 ? null : projected / limit;
}

/** The day on which the tokens run out at the current pace; null if they last. */
export function runsOutOn({ limit, used, projected, period_start, reset_at }: Quota): string | null {
  if (limit === null || projected <= limit || used >= limit || projected === 0) return null;
  const start = Date.parse(period_start);
  const at = start + ((Date.parse(reset_at) - start) * limit) / projected;
  return formatMonthDay(new Date(at));
}

/** The projection for the period, in one sentence. Its end follows: the day on which the tokens reset. */
export function outlookOf(quota: Quota): string {
  const { limit, used, projected } = quota;
  if (used === 0) return "Nothing used yet this month.";
  if (limit !== null && used >= limit) return "You’ve used all of this month’s tokens.";
  const heading = `On track for about ${formatCount(roundedTo(projected))}.`;
  const day = runsOutOn(quota);
  return day === null ? heading : `${heading} At this pace you’ll run out around ${day}.`;
}

/** A projection is not exact: two significant digits are enough. */
export function roundedTo(count: number): number {
  return Number(count.toPrecision(2));
}

export function resetDay({ reset_at }: Quota): string {
  return formatMonthDay(new Date(reset_at));
}

/** The gauge's text for screen readers. */
export function gaugeLabel({ limit, used }: Quota): string {
  if (limit === null) return `${formatCount(used)} tokens used this month; the plan has no limit`;
  return `${formatCount(used)} of ${formatCount(limit)} tokens used this month`;
}

export type Overview = Outputs["overview"]["get"];

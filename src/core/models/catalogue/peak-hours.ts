import { toDay } from "../../../shared/time";

/** The hours at which a provider asks its full price. At all others it asks the off-peak one. */
export interface PeakHours {
  /** Whole hours of the UTC day, Monday to Friday: the first is in it, the last is not. */
  hours: readonly (readonly [from: number, until: number])[];
  /** UTC days without a peak. */
  holidays: ReadonlySet<string>;
}

/**
 * DeepSeek: 09:00–12:00 and 14:00–18:00 in Beijing, Monday to Friday but for China's public holidays (api-docs.deepseek.com/
 * quick_start/pricing). Days at which weekends are worked in exchange are weekends here too, as on that page. China has one
 * time zone and no summer time, and the peak never crosses midnight in UTC.
 */
export const deepseekPeak: PeakHours = {
  hours: [
    [1, 4],
    [6, 10],
  ],
  holidays: new Set([
    // 2026, by the notice of the State Council's General Office; days that fall on weekends are left out.
    "2026-09-25",
    "2026-10-01",
    "2026-10-02",
    "2026-10-05",
    "2026-10-06",
    "2026-10-07",
    // 2027, by the law on public holidays alone. What that year's notice adds is entered when it is out.
    "2027-01-01",
    "2027-02-05",
    "2027-02-08",
    "2027-04-05",
    "2027-06-09",
    "2027-09-15",
    "2027-10-01",
  ]),
};

export function isPeak({ hours, holidays }: PeakHours, at: Date): boolean {
  const hour = at.getUTCHours();
  if (!hours.some(([from, until]) => hour >= from && hour < until)) return false;
  const weekday = at.getUTCDay();
  return weekday !== 0 && weekday !== 6 && !holidays.has(toDay(at));
}

import type { StatusDay } from "@agathaai/core/status";

export type DayTone = "good" | "attention" | "danger" | "none";

/** From so many minutes on, a day counts as one with an outage, or as slow. */
const MINUTES = 5;

export function dayTone({ up, degraded, down }: StatusDay, unmeasuredIsDown: number): DayTone {
  const lost = down + unmeasuredIsDown;
  if (up + degraded + lost === 0) return "none";
  if (lost >= MINUTES) return "danger";
  return lost > 0 || degraded >= MINUTES ? "attention" : "good";
}

export const BARS = 90;
const WIDTH = 3;
const STEP = 4;
/** A worse day is a shorter bar, so that color is not the only sign. */
const heights: Record<DayTone, number> = { good: 28, attention: 19, danger: 10, none: 3 };
export const HEIGHT = 28;

/** One path for each tone: ninety days in a few hundred bytes. The last bar is today. */
export function barPaths(tones: readonly DayTone[]): Partial<Record<DayTone, string>> {
  const paths: Partial<Record<DayTone, string>> = {};
  const bars = [...Array<DayTone>(Math.max(0, BARS - tones.length)).fill("none"), ...tones].slice(-BARS);
  for (const [index, tone] of bars.entries()) {
    const height = heights[tone];
    paths[tone] = `${paths[tone] ?? ""}M${index * STEP} ${HEIGHT - height}h${WIDTH}v${height}h-${WIDTH}z`;
  }
  return paths;
}

export const BARS_WIDTH = BARS * STEP - (STEP - WIDTH);

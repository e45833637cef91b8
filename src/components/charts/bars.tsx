/** What a stacked bar chart shows: the row's values stand in the order of the series. */
export interface BarSeries {
  id: string;
  label: string;
}

export interface BarRow {
  /** The bucket's first instant, ISO UTC. */
  start: string;
  values: number[];
  total: number;
  /** The same bucket of the period before; null is a gap. */
  previous: number | null;
}

const COLORS = 6;

/** The brand's order, told apart by color-blind readers and by lightness. */
export function seriesColor(index: number): string {
  return `var(--chart-${Math.min(index, COLORS - 1) + 1})`;
}

/** "38%"; below one, "<1%", so that something never reads as nothing. */
export function formatShare(part: number, whole: number): string {
  if (whole === 0 || part === 0) return "0%";
  const percent = (100 * part) / whole;
  return percent < 1 ? "<1%" : `${Math.round(percent)}%`;
}

/** A series' color beside its name. */
export function Swatch({ index }: { index: number }) {
  return (
    <span
      className="mr-2 inline-block size-2.5 rounded-sm align-baseline"
      style={{ background: seriesColor(index) }}
      aria-hidden="true"
    />
  );
}

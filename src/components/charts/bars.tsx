/** A series of a stacked bar chart. A row's values are in the order of the series. */
export interface BarSeries {
  id: string;
  label: string;
}

export interface BarRow {
  /** The bucket's start, ISO UTC. */
  start: string;
  values: number[];
  total: number;
  /** The previous period's bucket; null is a gap. */
  previous: number | null;
}

const COLORS = 6;

/** The brand's chart colors in order, distinct for color-blind readers. */
export function seriesColor(index: number): string {
  return `var(--chart-${Math.min(index, COLORS - 1) + 1})`;
}

/** "38%"; below one percent "<1%", so that it never reads as nothing. */
export function formatShare(part: number, whole: number): string {
  if (whole === 0 || part === 0) return "0%";
  const percent = (100 * part) / whole;
  return percent < 1 ? "<1%" : `${Math.round(percent)}%`;
}

/** A series' color, shown beside its name. */
export function Swatch({ index }: { index: number }) {
  return (
    <span
      className="mr-2 inline-block size-2.5 rounded-sm align-baseline"
      style={{ background: seriesColor(index) }}
      aria-hidden="true"
    />
  );
}

import { type BarRow, type BarSeries, formatShare, Swatch } from "@/components/charts/bars";

interface LegendProps {
  series: readonly BarSeries[];
  rows: readonly BarRow[];
  formatValue: (value: number) => string;
  /** Names the thin line, if there is one. */
  previousLabel: string | null;
}

/** Each series' color, sum and share. */
export function Legend({ series, rows, formatValue, previousLabel }: LegendProps) {
  const sums = series.map((_, index) => rows.reduce((sum, { values }) => sum + (values[index] ?? 0), 0));
  const whole = sums.reduce((sum, value) => sum + value, 0);
  return (
    <ul className="mt-3 flex flex-wrap gap-x-6 gap-y-1.5 text-[13px]">
      {series.map(({ id, label }, index) => (
        <li key={id} className="flex min-w-0 items-baseline">
          <span>
            <Swatch index={index} />
          </span>
          <span className="truncate">{label}</span>
          <span className="num ml-2 whitespace-nowrap text-muted">
            {formatValue(sums[index] ?? 0)}
            {series.length > 1 && ` · ${formatShare(sums[index] ?? 0, whole)}`}
          </span>
        </li>
      ))}
      {previousLabel !== null && (
        <li className="flex items-center text-muted">
          <span className="mr-2 h-px w-4 bg-ink/60" aria-hidden="true" />
          {previousLabel}
        </li>
      )}
    </ul>
  );
}

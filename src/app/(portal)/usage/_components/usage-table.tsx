import type { BarRow, BarSeries } from "@/components/charts/bars";
import { Swatch } from "@/components/charts/bars";

interface UsageTableProps {
  label: string;
  series: readonly BarSeries[];
  rows: readonly BarRow[];
  grouped: boolean;
  formatValue: (value: number) => string;
  formatStart: (start: string) => string;
  previousLabel: string | null;
}

const cell = "whitespace-nowrap px-4 py-2 text-right";

/** The chart's figures, newest first. */
export function UsageTable({
  label,
  series,
  rows,
  grouped,
  formatValue,
  formatStart,
  previousLabel,
}: UsageTableProps) {
  const sum = (read: (row: BarRow) => number | null) =>
    rows.reduce((total, row) => total + (read(row) ?? 0), 0);
  const hasPrevious = rows.some(({ previous }) => previous !== null);
  const columns = grouped ? series : [];
  return (
    <section
      aria-label="Usage as a table"
      // biome-ignore lint/a11y/noNoninteractiveTabindex: a scrollable region must be reachable by keyboard
      tabIndex={0}
      className="max-h-[30rem] overflow-auto rounded-b-lg"
    >
      <table className="w-full border-collapse text-left">
        <caption className="sr-only">{label}</caption>
        <thead className="sticky top-0 bg-surface text-[13px] text-muted shadow-[inset_0_-1px_var(--line)]">
          <tr>
            <th scope="col" className="whitespace-nowrap px-4 py-2.5 font-medium">
              Time (UTC)
            </th>
            {columns.map(({ id, label: name }, index) => (
              <th key={id} scope="col" className="whitespace-nowrap px-4 py-2.5 text-right font-medium">
                <Swatch index={index} />
                {name}
              </th>
            ))}
            <th scope="col" className="whitespace-nowrap px-4 py-2.5 text-right font-medium">
              Total
            </th>
            {previousLabel !== null && (
              <th scope="col" className="whitespace-nowrap px-4 py-2.5 text-right font-medium">
                {previousLabel}
              </th>
            )}
          </tr>
        </thead>
        <tbody>
          {[...rows].reverse().map((row) => (
            <tr key={row.start} className="border-b last:border-b-0">
              <th scope="row" className="whitespace-nowrap px-4 py-2 font-normal tabular-nums">
                {formatStart(row.start)}
              </th>
              {columns.map(({ id }, index) => (
                <td key={id} className={cell}>
                  <Value value={row.values[index] ?? 0} format={formatValue} />
                </td>
              ))}
              <td className={`${cell} font-medium`}>
                <Value value={row.total} format={formatValue} />
              </td>
              {previousLabel !== null && (
                <td className={`${cell} text-muted`}>
                  {row.previous === null ? "–" : formatValue(row.previous)}
                </td>
              )}
            </tr>
          ))}
        </tbody>
        <tfoot className="sticky bottom-0 bg-surface font-medium shadow-[inset_0_1px_var(--line)]">
          <tr>
            <th scope="row" className="px-4 py-2.5 font-medium">
              Total
            </th>
            {columns.map(({ id }, index) => (
              <td key={id} className={cell}>
                {formatValue(sum(({ values }) => values[index] ?? 0))}
              </td>
            ))}
            <td className={cell}>{formatValue(sum(({ total }) => total))}</td>
            {previousLabel !== null && (
              <td className={`${cell} text-muted`}>
                {hasPrevious ? formatValue(sum(({ previous }) => previous)) : "–"}
              </td>
            )}
          </tr>
        </tfoot>
      </table>
    </section>
  );
}

function Value({ value, format }: { value: number; format: (value: number) => string }) {
  return value === 0 ? <span className="text-muted">0</span> : format(value);
}

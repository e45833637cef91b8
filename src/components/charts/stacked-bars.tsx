"use client";

import {
  Bar,
  CartesianGrid,
  ComposedChart,
  Line,
  ResponsiveContainer,
  Tooltip,
  XAxis,
  YAxis,
} from "recharts";
import { type BarRow, type BarSeries, formatShare, Swatch, seriesColor } from "./bars";

export interface StackedBarsProps {
  /** For screen readers: the chart's name and its keys. */
  label: string;
  series: readonly BarSeries[];
  rows: BarRow[];
  formatValue: (value: number) => string;
  /** Short, for the axes. */
  formatTick: (value: number) => string;
  formatStart: (start: string) => string;
  formatStartTick: (start: string) => string;
  /** Names the thin line: "Previous 30 days". */
  previousLabel: string;
}

const MANY_ROWS = 100;
const tick = { fill: "var(--muted)", fontSize: 12 };

/** Zero-based stacked bars. Arrow keys or hovering show a bar's values. */
export default function StackedBars(props: StackedBarsProps) {
  const { label, series, rows, formatTick, formatStartTick } = props;
  const compared = rows.some(({ previous }) => previous !== null && previous > 0);
  return (
    <ResponsiveContainer width="100%" height="100%" initialDimension={{ width: 640, height: 288 }}>
      <ComposedChart
        data={rows}
        margin={{ top: 8, right: 4, bottom: 0, left: 0 }}
        barCategoryGap={rows.length > MANY_ROWS ? 0 : "18%"}
        title={label}
        className="rounded-md text-xs [&_.recharts-surface:focus-visible]:outline-2 [&_.recharts-surface:focus-visible]:outline-accent"
      >
        <CartesianGrid vertical={false} stroke="var(--line)" />
        <XAxis
          dataKey="start"
          tickFormatter={formatStartTick}
          tick={tick}
          tickLine={false}
          axisLine={{ stroke: "var(--edge)" }}
          minTickGap={24}
          interval="preserveStartEnd"
        />
        <YAxis
          width={52}
          domain={[0, "auto"]}
          allowDecimals={false}
          tickFormatter={formatTick}
          tick={tick}
          tickLine={false}
          axisLine={false}
        />
        <Tooltip
          isAnimationActive={false}
          cursor={{ fill: "var(--sunken)" }}
          content={({ active, label: start }) => {
            const row = active ? rows.find((one) => one.start === start) : undefined;
            return row === undefined ? null : <BucketTooltip {...props} row={row} compared={compared} />;
          }}
        />
        {series.map(({ id, label: name }, index) => (
          <Bar
            key={id}
            name={name}
            stackId="all"
            dataKey={(row: BarRow) => row.values[index] ?? 0}
            fill={seriesColor(index)}
            {...(rows.length > MANY_ROWS ? {} : { stroke: "var(--surface)", strokeWidth: 1 })}
            isAnimationActive={false}
          />
        ))}
        {compared && (
          <Line
            dataKey="previous"
            stroke="var(--ink)"
            strokeWidth={1.25}
            strokeOpacity={0.55}
            dot={false}
            activeDot={false}
            isAnimationActive={false}
          />
        )}
      </ComposedChart>
    </ResponsiveContainer>
  );
}

/** Exact values and shares of one bucket. */
function BucketTooltip({
  row,
  series,
  formatStart,
  formatValue,
  previousLabel,
  compared,
}: StackedBarsProps & { row: BarRow; compared: boolean }) {
  const parts = series
    .map(({ id, label }, index) => ({ id, label, index, value: row.values[index] ?? 0 }))
    .filter(({ value }) => value > 0);
  return (
    <div className="min-w-52 rounded-lg border bg-surface p-3 text-[13px] text-ink">
      <p className="font-medium">{formatStart(row.start)}</p>
      <table className="mt-1.5 w-full">
        <tbody>
          {parts.length > 1 &&
            parts.map(({ id, label, index, value }) => (
              <tr key={id}>
                <th scope="row" className="py-0.5 pr-4 text-left font-normal">
                  <Swatch index={index} />
                  {label}
                </th>
                <td className="text-right">{formatValue(value)}</td>
                <td className="pl-3 text-right text-muted">{formatShare(value, row.total)}</td>
              </tr>
            ))}
          <tr className="font-medium">
            <th scope="row" className="py-0.5 pr-4 text-left font-medium">
              {parts.length === 1 ? parts[0]?.label : "Total"}
            </th>
            <td className="text-right">{formatValue(row.total)}</td>
            <td />
          </tr>
          {compared && (
            <tr className="text-muted">
              <th scope="row" className="py-0.5 pr-4 text-left font-normal">
                {previousLabel}
              </th>
              <td className="text-right">{row.previous === null ? "–" : formatValue(row.previous)}</td>
              <td />
            </tr>
          )}
        </tbody>
      </table>
    </div>
  );
}

"use client";

import { BarChart3, Table2 } from "lucide-react";
import { type BarRow, type BarSeries, formatShare, Swatch } from "@/components/charts/bars";
import { LazyStackedBars } from "@/components/charts/lazy-stacked-bars";
import { Card } from "@/components/ui/card";
import { Segments } from "@/components/ui/fields/segments";
import { Select } from "@/components/ui/fields/select";
import { endpointNames, endpoints } from "@/shared/endpoints";
import {
  formatMetric,
  formatMetricTick,
  formatPeriod,
  formatStart,
  formatStartTick,
  groupNames,
  intervalNames,
  metricNames,
  previousNames,
} from "../_lib/labels";
import { bucketsOf, type Cut, type Period } from "../_lib/period";
import { type Report, rowsOf, seriesOf, sumGroups, withPrevious } from "../_lib/series";
import { groups, metrics, toUsageInput, type UsageSearch } from "../_lib/usage-search";
import { ExportButton } from "./export-button";
import { UsageTable } from "./usage-table";

interface UsageCardProps {
  report: Report;
  /** Undefined while it loads, which keeps its column and its line in the legend free; null if it failed. */
  previous: Report | null | undefined;
  before: Period;
  cut: Cut;
  search: UsageSearch;
  onChange: (part: Partial<UsageSearch>) => void;
}

const displays = [
  { value: "chart", label: "Chart", Icon: BarChart3 },
  { value: "table", label: "Table", Icon: Table2 },
] as const;

/** The chart or the same figures as a table, with measure, group and interval. */
export function UsageCard({ report, previous, before, cut, search, onChange }: UsageCardProps) {
  const { metric, group, display, range, endpoint } = search;
  const { interval, period, intervals } = cut;
  const sums = sumGroups(report.data, metric);
  const series = group === null ? [{ id: "all", label: metricNames[metric] }] : seriesOf(sums);
  const starts = bucketsOf(period, interval);
  const rows = rowsOf({ starts, data: report.data, series, metric });
  const earlier = rowsOf({
    starts: bucketsOf(before, interval),
    data: previous?.data ?? [],
    series: [{ id: "all", label: "All" }],
    metric,
  });
  const compared = previous ? withPrevious(rows, earlier) : rows;
  const previousLabel = previous === null ? null : previousNames[range];
  const label = `${metricNames[metric]} ${intervalNames[interval].toLowerCase()}${group === null ? "" : `, ${groupNames[group].toLowerCase()}`}, ${formatPeriod(period)}`;

  return (
    <Card aria-label="Usage over time" className="min-w-0">
      <div className="flex flex-wrap items-center gap-2 border-b p-3">
        <Segments
          legend="Measure"
          value={metric}
          options={metrics.map((value) => ({ value, label: metricNames[value] }))}
          onChange={(value) => onChange({ metric: value })}
        />
        <Select
          aria-label="Group"
          className="w-36 max-sm:grow"
          value={group ?? ""}
          onChange={(event) =>
            onChange({ group: groups.find((one) => one === event.currentTarget.value) ?? null })
          }
        >
          {groups.map((one) => (
            <option key={one} value={one}>
              {groupNames[one]}
            </option>
          ))}
          <option value="">Not grouped</option>
        </Select>
        <Select
          aria-label="Interval"
          className="w-32 max-sm:grow"
          value={interval}
          onChange={(event) =>
            onChange({ interval: intervals.find((one) => one === event.currentTarget.value) ?? null })
          }
        >
          {intervals.map((one) => (
            <option key={one} value={one}>
              {intervalNames[one]}
            </option>
          ))}
        </Select>
        <Select
          aria-label="Endpoint"
          className="w-36 max-sm:grow sm:w-40"
          value={endpoint ?? ""}
          onChange={(event) =>
            onChange({ endpoint: endpoints.find((one) => one === event.currentTarget.value) ?? null })
          }
        >
          <option value="">Any endpoint</option>
          {endpoints.map((one) => (
            <option key={one} value={one}>
              {endpointNames[one]}
            </option>
          ))}
        </Select>
        <span className="flex items-center gap-2 sm:ml-auto">
          <Segments
            legend="Show as"
            value={display}
            options={displays}
            onChange={(value) => onChange({ display: value })}
          />
          <ExportButton query={toUsageInput(search, cut)} />
        </span>
      </div>
      {display === "chart" ? (
        <div className="p-4">
          <div className="h-72">
            <LazyStackedBars
              label={`${label}. Use the arrow keys to read each bar.`}
              series={series}
              rows={compared}
              formatValue={formatMetric[metric]}
              formatTick={formatMetricTick[metric]}
              formatStart={formatStart(interval)}
              formatStartTick={formatStartTick(interval, period)}
              previousLabel={previousNames[range]}
            />
          </div>
          <Legend
            series={series}
            rows={compared}
            formatValue={formatMetric[metric]}
            previousLabel={!previous || compared.some((row) => row.previous) ? previousLabel : null}
          />
        </div>
      ) : (
        <UsageTable
          label={label}
          series={series}
          rows={compared}
          grouped={group !== null}
          formatValue={formatMetric[metric]}
          formatStart={formatStart(interval)}
          previousLabel={previousLabel}
        />
      )}
    </Card>
  );
}

interface LegendProps {
  series: readonly BarSeries[];
  rows: readonly BarRow[];
  formatValue: (value: number) => string;
  /** Names the thin line, if there is one. */
  previousLabel: string | null;
}

/** Each series' color, sum and share. */
function Legend({ series, rows, formatValue, previousLabel }: LegendProps) {
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

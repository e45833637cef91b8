"use client";

import { formatShare } from "@/components/charts/bars";
import { Table, TableBody, TableCell, TableHead, TableHeader, TableRow } from "@/components/ui/table";
import { formatCount } from "@/shared/count";
import { formatMoney } from "@/shared/money";
import { groupColumn } from "../_lib/labels";
import { type GroupSum, type Report, sumGroups } from "../_lib/series";
import { endStatuses, type Group, type Metric, type UsageSearch } from "../_lib/usage-search";

interface BreakdownProps {
  report: Report;
  group: Group;
  metric: Metric;
  onChange: (part: Partial<UsageSearch>) => void;
}

/** The filter for one group alone; null if the group is not something to filter by. */
function narrowTo(group: Group, { id }: GroupSum): Partial<UsageSearch> | null {
  if (group === "model") return { model: id, group: "api_key" };
  if (group === "api_key") return id.startsWith("key_") ? { apiKeyId: id, group: "model" } : null;
  const status = group === "status" ? endStatuses.find((one) => one === id) : undefined;
  return status === undefined ? null : { status, group: "model" };
}

/** All groups of the period, including those in the chart's "Other". */
export function Breakdown({ report, group, metric, onChange }: BreakdownProps) {
  const sums = sumGroups(report.data, metric);
  const { totals } = report;
  const whole = { tokens: totals.total_tokens, requests: totals.requests, cost: totals.cost_micros }[metric];
  const part = (sum: GroupSum) =>
    ({ tokens: sum.total_tokens, requests: sum.requests, cost: sum.cost_micros })[metric];
  return (
    <div className="mt-4">
      <Table>
        <caption className="sr-only">The whole period by {groupColumn[group].toLowerCase()}</caption>
        <TableHead>
          <tr>
            <TableHeader>{groupColumn[group]}</TableHeader>
            <TableHeader className="hidden text-right sm:table-cell">Requests</TableHeader>
            <TableHeader className="hidden text-right md:table-cell">Failed</TableHeader>
            <TableHeader className="hidden text-right md:table-cell">Input tokens</TableHeader>
            <TableHeader className="hidden text-right md:table-cell">Output tokens</TableHeader>
            <TableHeader className="text-right">Cost</TableHeader>
            <TableHeader className="text-right">Share</TableHeader>
          </tr>
        </TableHead>
        <TableBody>
          {sums.map((sum) => {
            const narrower = narrowTo(group, sum);
            return (
              <TableRow key={sum.id}>
                <th scope="row" className="px-4 py-3 font-normal">
                  {narrower === null ? (
                    sum.label
                  ) : (
                    <button
                      type="button"
                      className="text-left font-medium underline-offset-4 hover:text-accent hover:underline"
                      title={`Show only ${sum.label}`}
                      onClick={() => onChange(narrower)}
                    >
                      {sum.label}
                    </button>
                  )}
                </th>
                <TableCell className="hidden text-right sm:table-cell">{formatCount(sum.requests)}</TableCell>
                <TableCell className="hidden text-right md:table-cell">{formatCount(sum.failed)}</TableCell>
                <TableCell className="hidden text-right md:table-cell">
                  {formatCount(sum.input_tokens)}
                </TableCell>
                <TableCell className="hidden text-right md:table-cell">
                  {formatCount(sum.output_tokens)}
                </TableCell>
                <TableCell className="text-right">{formatMoney(sum.cost_micros)}</TableCell>
                <TableCell className="text-right">{formatShare(part(sum), whole)}</TableCell>
              </TableRow>
            );
          })}
        </TableBody>
      </Table>
    </div>
  );
}

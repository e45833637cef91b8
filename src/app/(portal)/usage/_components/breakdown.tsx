"use client";

import { formatShare } from "@/components/charts/bars";
import { type Column, ListTable } from "@/components/data/list-table";
import { endpoints } from "@/shared/endpoints";
import { formatCount } from "@/shared/format/count";
import { formatMoney } from "@/shared/format/money";
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
  if (group === "endpoint") {
    const endpoint = endpoints.find((one) => one === id);
    return endpoint === undefined ? null : { endpoint, group: "model" };
  }
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
  const columns: Column<GroupSum>[] = [
    {
      name: groupColumn[group],
      kind: "heading",
      cell: (sum) => <GroupName sum={sum} narrower={narrowTo(group, sum)} onChange={onChange} />,
    },
    { name: "Requests", kind: "number", from: "sm", cell: ({ requests }) => formatCount(requests) },
    { name: "Failed", kind: "number", from: "md", cell: ({ failed }) => formatCount(failed) },
    {
      name: "Input tokens",
      kind: "number",
      from: "md",
      cell: ({ input_tokens }) => formatCount(input_tokens),
    },
    {
      name: "Cached",
      kind: "number",
      from: "lg",
      cell: ({ cached_input_tokens }) => formatCount(cached_input_tokens),
    },
    {
      name: "Cache writes",
      kind: "number",
      from: "lg",
      cell: ({ cache_write_tokens }) => formatCount(cache_write_tokens),
    },
    {
      name: "Output tokens",
      kind: "number",
      from: "md",
      cell: ({ output_tokens }) => formatCount(output_tokens),
    },
    {
      name: "Reasoning",
      kind: "number",
      from: "lg",
      cell: ({ reasoning_tokens }) => formatCount(reasoning_tokens),
    },
    { name: "Cost", kind: "number", cell: ({ cost_micros }) => formatMoney(cost_micros) },
    { name: "Share", kind: "number", cell: (sum) => formatShare(part(sum), whole) },
  ];
  return (
    <div className="mt-4">
      <ListTable
        caption={`The whole period by ${groupColumn[group].toLowerCase()}`}
        columns={columns}
        rows={sums}
        rowKey={({ id }) => id}
      />
    </div>
  );
}

interface GroupNameProps {
  sum: GroupSum;
  narrower: Partial<UsageSearch> | null;
  onChange: (part: Partial<UsageSearch>) => void;
}

/** A group's name; where the page can be filtered by it, a button that does so. */
function GroupName({ sum: { label }, narrower, onChange }: GroupNameProps) {
  if (narrower === null) return label;
  return (
    <button
      type="button"
      className="text-left font-medium underline-offset-4 hover:text-accent hover:underline"
      title={`Show only ${label}`}
      onClick={() => onChange(narrower)}
    >
      {label}
    </button>
  );
}

import { isDay } from "@/shared/time";
import type { Inputs } from "../../../_client/trpc";

type Query = NonNullable<Inputs["usage"]["get"]>;
export type Interval = NonNullable<Query["interval"]>;
export type Group = NonNullable<Query["group_by"]>;
export type Environment = NonNullable<Query["environment"]>;
export type EndStatus = NonNullable<Query["status"]>;

export const ranges = ["24h", "7d", "30d", "month", "90d", "12m", "custom"] as const;
export type Range = (typeof ranges)[number];
export const metrics = ["tokens", "requests", "cost"] as const;
export type Metric = (typeof metrics)[number];
export const intervals = ["hour", "day", "month"] as const satisfies readonly Interval[];
export const groups = ["model", "api_key", "member", "status"] as const satisfies readonly Group[];
export const endStatuses = ["completed", "failed", "cancelled"] as const satisfies readonly EndStatus[];
export const environments = ["live", "test", "all"] as const satisfies readonly Environment[];
const displays = ["chart", "table"] as const;

/** Everything that the page shows, as its address says it. */
export interface UsageAddress {
  range: Range;
  /** Of a custom range, both included: `2026-11-01`, UTC. */
  from: string | null;
  to: string | null;
  /** Null: the range's own. */
  interval: Interval | null;
  group: Group | null;
  metric: Metric;
  environment: Environment;
  display: (typeof displays)[number];
  model: string | null;
  apiKeyId: string | null;
  status: EndStatus | null;
}

export const firstAddress: UsageAddress = {
  range: "30d",
  from: null,
  to: null,
  interval: null,
  group: "model",
  metric: "tokens",
  environment: "live",
  display: "chart",
  model: null,
  apiKeyId: null,
  status: null,
};

const names = {
  range: "range",
  from: "from",
  to: "to",
  interval: "interval",
  group: "group",
  metric: "metric",
  environment: "environment",
  display: "view",
  model: "model",
  apiKeyId: "key",
  status: "status",
} as const satisfies Record<keyof UsageAddress, string>;

const NO_GROUP = "none";
const KEY_ID = /^key_[0-9a-z]{26}$/;

function oneOf<Value extends string>(values: readonly Value[], text: string | null): Value | null {
  return values.find((value) => value === text) ?? null;
}

/** Reads an address; what it cannot mean falls back to the start's. */
export function readAddress(get: (name: string) => string | null): UsageAddress {
  const from = get(names.from);
  const to = get(names.to);
  const range = oneOf(ranges, get(names.range)) ?? firstAddress.range;
  const dated = isDay(from) && isDay(to) && from <= to;
  const group = get(names.group);
  const apiKeyId = get(names.apiKeyId);
  return {
    range: range === "custom" && !dated ? firstAddress.range : range,
    from: range === "custom" && dated ? from : null,
    to: range === "custom" && dated ? to : null,
    interval: oneOf(intervals, get(names.interval)),
    group: group === NO_GROUP ? null : (oneOf(groups, group) ?? firstAddress.group),
    metric: oneOf(metrics, get(names.metric)) ?? firstAddress.metric,
    environment: oneOf(environments, get(names.environment)) ?? firstAddress.environment,
    display: oneOf(displays, get(names.display)) ?? firstAddress.display,
    model: get(names.model)?.slice(0, 128) || null,
    apiKeyId: apiKeyId !== null && KEY_ID.test(apiKeyId) ? apiKeyId : null,
    status: oneOf(endStatuses, get(names.status)),
  };
}

/** "?range=7d&group=status": only what differs from the start, so that addresses stay short. */
export function writeAddress(address: UsageAddress): string {
  const params = new URLSearchParams();
  for (const field of Object.keys(names) as (keyof UsageAddress)[]) {
    const value = address[field];
    if (value === firstAddress[field]) continue;
    params.set(names[field], value ?? NO_GROUP);
  }
  const query = params.toString();
  return query === "" ? "" : `?${query}`;
}

import { type inferParserType, parseAsStringLiteral, useQueryStates } from "nuqs";
import { endpoints } from "@/shared/endpoints";
import type { Inputs } from "../../../_client/trpc";
import { parseAsDay, parseAsKeyId, parseAsModel } from "../../_lib/url-parsers";

export type UsageInput = NonNullable<Inputs["usage"]["get"]>;
export type Interval = NonNullable<UsageInput["interval"]>;
export type Group = NonNullable<UsageInput["group_by"]>;
export type Environment = NonNullable<UsageInput["environment"]>;
export type EndStatus = NonNullable<UsageInput["status"]>;

export const ranges = ["24h", "7d", "30d", "month", "90d", "12m", "custom"] as const;
export type Range = (typeof ranges)[number];

export const metrics = ["tokens", "requests", "cost"] as const;
export type Metric = (typeof metrics)[number];

const intervals = ["hour", "day", "month"] as const satisfies readonly Interval[];
export const groups = [
  "model",
  "api_key",
  "member",
  "endpoint",
  "status",
] as const satisfies readonly Group[];
export const endStatuses = ["completed", "failed", "cancelled"] as const satisfies readonly EndStatus[];
export const environments = ["live", "test", "all"] as const satisfies readonly Environment[];

const DEFAULT_RANGE = "30d";
const NO_GROUP = "none";

/** Each part's parser in the URL. Invalid values fall back to the default. */
export const usageParsers = {
  range: parseAsStringLiteral(ranges).withDefault(DEFAULT_RANGE),
  from: parseAsDay,
  to: parseAsDay,
  interval: parseAsStringLiteral(intervals),
  group: parseAsStringLiteral([...groups, NO_GROUP]).withDefault("model"),
  metric: parseAsStringLiteral(metrics).withDefault("tokens"),
  environment: parseAsStringLiteral(environments).withDefault("live"),
  display: parseAsStringLiteral(["chart", "table"]).withDefault("chart"),
  model: parseAsModel,
  apiKeyId: parseAsKeyId,
  status: parseAsStringLiteral(endStatuses),
  endpoint: parseAsStringLiteral(endpoints),
};
export const usageUrlKeys = { display: "view", apiKeyId: "key" } as const;
/** The order of the parameters in the URL. */
export const usageUrlOrder = Object.keys(usageParsers).map((name) =>
  name === "display" || name === "apiKeyId" ? usageUrlKeys[name] : name,
);

type UrlValues = inferParserType<typeof usageParsers>;

/** The page's state. `from` and `to` belong to a custom range, both included, UTC; `interval` null is the range's default. */
export interface UsageSearch extends Omit<UrlValues, "group"> {
  group: Group | null;
}

/** A custom range without two dates in order falls back to the default, and other ranges have no dates. */
export function fromUrlValues({ range, from, to, group, ...others }: UrlValues): UsageSearch {
  const dated = range === "custom" && from !== null && to !== null && from <= to;
  return {
    ...others,
    range: range === "custom" && !dated ? DEFAULT_RANGE : range,
    from: dated ? from : null,
    to: dated ? to : null,
    group: group === NO_GROUP ? null : group,
  };
}

export function toUrlValues({ group, ...others }: UsageSearch): UrlValues {
  return { ...others, group: group ?? NO_GROUP };
}

/** The page's state in its URL. The back button undoes each choice. */
export function useUsageSearch(): [UsageSearch, (part: Partial<UsageSearch>) => void] {
  const [values, setValues] = useQueryStates(usageParsers, { urlKeys: usageUrlKeys, history: "push" });
  // From the newest values, not the ones last rendered: two quick choices must both apply.
  const change = (part: Partial<UsageSearch>) =>
    void setValues((now) => toUrlValues({ ...fromUrlValues(now), ...part }));
  return [fromUrlValues(values), change];
}

/** The state as API input. */
export function toUsageInput(
  { group, environment, model, apiKeyId, status, endpoint }: UsageSearch,
  { period, interval }: { period: { from: Date; to: Date }; interval: Interval },
): UsageInput {
  return {
    from: period.from.toISOString(),
    to: period.to.toISOString(),
    interval,
    environment,
    ...(group === null ? {} : { group_by: group }),
    ...(model === null ? {} : { model }),
    ...(apiKeyId === null ? {} : { api_key_id: apiKeyId }),
    ...(status === null ? {} : { status }),
    ...(endpoint === null ? {} : { endpoint }),
  };
}

import {
  createParser,
  type inferParserType,
  parseAsNativeArrayOf,
  parseAsStringLiteral,
  useQueryStates,
} from "nuqs";
import { endpoints } from "@/shared/endpoints";
import { DAY, endOfDay, HOUR, startOfDay } from "@/shared/time";
import type { Inputs } from "../../../_client/trpc";
import { parseAsDay, parseAsKeyId, parseAsModel } from "../../_lib/url-parsers";
import { statuses } from "./types";

type Query = NonNullable<Inputs["history"]["list"]>;

export const spans = ["1h", "24h", "7d", "30d"] as const;
export type Span = (typeof spans)[number];

const lengths: Record<Span, number> = { "1h": HOUR, "24h": DAY, "7d": 7 * DAY, "30d": 30 * DAY };

const MOST_METADATA = 16;
const LONGEST_NAME = 64;
const LONGEST_VALUE = 512;

/** "order=42" as name and value; null where it is not one. */
export function readMetadata(text: string): [name: string, value: string] | null {
  const at = text.indexOf("=");
  const name = text.slice(0, at).trim();
  const value = text.slice(at + 1).trim();
  if (at < 1 || name === "" || name.length > LONGEST_NAME || value.length > LONGEST_VALUE) return null;
  return [name, value];
}

const parseAsMetadata = createParser({ parse: readMetadata, serialize: (entry) => entry.join("=") });

/** Each filter's parser in the URL. Invalid values are ignored. */
export const filterParsers = {
  status: parseAsStringLiteral(statuses),
  model: parseAsModel,
  endpoint: parseAsStringLiteral(endpoints),
  apiKeyId: parseAsKeyId,
  /** Only what members sent themselves; or only what keys sent. */
  madeBy: parseAsStringLiteral(["person", "key"]),
  environment: parseAsStringLiteral(["live", "test"]),
  /** Back from now; or two dates, both included, UTC. */
  span: parseAsStringLiteral(spans),
  from: parseAsDay,
  to: parseAsDay,
  /** All of these. */
  metadata: parseAsNativeArrayOf(parseAsMetadata),
};
export const filterUrlKeys = { apiKeyId: "key", madeBy: "by", span: "time" } as const;
export const filterUrlOrder = "status,model,endpoint,key,by,environment,time,from,to,metadata".split(",");

type UrlValues = inferParserType<typeof filterParsers>;

/** Null matches anything. */
export interface Filters extends Omit<UrlValues, "metadata"> {
  metadata: Record<string, string>;
}

export const noFilters: Filters = {
  status: null,
  model: null,
  endpoint: null,
  apiKeyId: null,
  madeBy: null,
  environment: null,
  span: null,
  from: null,
  to: null,
  metadata: {},
};

export function fromUrlValues({ from, to, metadata, ...others }: UrlValues): Filters {
  const dated = others.span === null && from !== null && to !== null && from <= to;
  return {
    ...others,
    from: dated ? from : null,
    to: dated ? to : null,
    metadata: Object.fromEntries(metadata.slice(0, MOST_METADATA)),
  };
}

export function toUrlValues({ metadata, ...others }: Filters): UrlValues {
  return { ...others, metadata: Object.entries(metadata) };
}

/** The filters in the URL, so that a filtered list can be shared. The back button undoes each choice. */
export function useFilters(): [Filters, (part: Partial<Filters>) => void] {
  const [values, setValues] = useQueryStates(filterParsers, { urlKeys: filterUrlKeys, history: "push" });
  const change = (part: Partial<Filters>) =>
    void setValues((now) => toUrlValues({ ...fromUrlValues(now), ...part }));
  return [fromUrlValues(values), change];
}

/** The filters as API input. */
export function toQuery(filters: Filters, now: Date): Query {
  const { status, model, endpoint, apiKeyId, madeBy, environment, span, from, to, metadata } = filters;
  return {
    ...(status ? { status } : {}),
    ...(model ? { model } : {}),
    ...(endpoint ? { endpoint } : {}),
    ...(apiKeyId ? { api_key_id: apiKeyId } : {}),
    ...(madeBy ? { made_by: madeBy } : {}),
    environment: environment ?? "all",
    ...(span ? { created: { gte: new Date(now.getTime() - lengths[span]).toISOString() } } : {}),
    ...(from && to
      ? {
          created: { gte: startOfDay(from).toISOString(), lt: endOfDay(to).toISOString() },
        }
      : {}),
    ...(Object.keys(metadata).length > 0 ? { metadata } : {}),
  };
}

import { DAY, endOfDay, HOUR, isDay, startOfDay } from "@/shared/time";
import type { Inputs } from "../../../_client/trpc";
import type { Status } from "../_components/request-status";

type Query = NonNullable<Inputs["history"]["list"]>;

export const spans = ["1h", "24h", "7d", "30d"] as const;
export type Span = (typeof spans)[number];

export interface Filters {
  status?: Status;
  model?: string;
  apiKeyId?: string;
  /** Only what members sent themselves; or only what keys sent. */
  madeBy?: "person" | "key";
  environment?: "live" | "test";
  /** Back from now; or two dates, both included, UTC. */
  span?: Span;
  from?: string;
  to?: string;
  /** All of these. */
  metadata?: Record<string, string>;
}

const statuses: readonly string[] = [
  "queued",
  "processing",
  "completed",
  "failed",
  "cancelled",
] satisfies Status[];
const isStatus = (text: string): text is Status => statuses.includes(text);

const lengths: Record<Span, number> = { "1h": HOUR, "24h": DAY, "7d": 7 * DAY, "30d": 30 * DAY };

const KEY_ID = /^key_[0-9a-z]{26}$/;
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

/** The filters live in the address, so that a filtered list can be shared, and survives a reload. */
export function readFilters(params: URLSearchParams): Filters {
  const status = params.get("status");
  const model = params.get("model");
  const apiKeyId = params.get("key");
  const madeBy = params.get("by");
  const environment = params.get("environment");
  const span = spans.find((one) => one === params.get("time"));
  const from = params.get("from");
  const to = params.get("to");
  const dated = !span && isDay(from) && isDay(to) && from <= to;
  const metadata = params
    .getAll("metadata")
    .map(readMetadata)
    .filter((entry) => entry !== null)
    .slice(0, MOST_METADATA);
  return {
    ...(status && isStatus(status) ? { status } : {}),
    ...(model ? { model: model.slice(0, 128) } : {}),
    ...(apiKeyId && KEY_ID.test(apiKeyId) ? { apiKeyId } : {}),
    ...(madeBy === "person" || madeBy === "key" ? { madeBy } : {}),
    ...(environment === "live" || environment === "test" ? { environment } : {}),
    ...(span ? { span } : {}),
    ...(dated ? { from, to } : {}),
    ...(metadata.length > 0 ? { metadata: Object.fromEntries(metadata) } : {}),
  };
}

/** "?status=failed&model=gpt-4o", or nothing. */
export function toAddress({
  status,
  model,
  apiKeyId,
  madeBy,
  environment,
  span,
  from,
  to,
  metadata,
}: Filters): string {
  const params = new URLSearchParams();
  const plain = { status, model, key: apiKeyId, by: madeBy, environment, time: span, from, to };
  for (const [name, value] of Object.entries(plain)) if (value) params.set(name, value);
  for (const [name, value] of Object.entries(metadata ?? {})) params.append("metadata", `${name}=${value}`);
  const query = params.toString();
  return query === "" ? "" : `?${query}`;
}

/** What the API is asked for. */
export function toQuery(filters: Filters, now: Date): Query {
  const { status, model, apiKeyId, madeBy, environment, span, from, to, metadata } = filters;
  return {
    ...(status ? { status } : {}),
    ...(model ? { model } : {}),
    ...(apiKeyId ? { api_key_id: apiKeyId } : {}),
    ...(madeBy ? { made_by: madeBy } : {}),
    environment: environment ?? "all",
    ...(span ? { created: { gte: new Date(now.getTime() - lengths[span]).toISOString() } } : {}),
    ...(from && to
      ? {
          created: { gte: startOfDay(from).toISOString(), lt: endOfDay(to).toISOString() },
        }
      : {}),
    ...(metadata ? { metadata } : {}),
  };
}

import { createParser, type inferParserType, parseAsStringLiteral, useQueryStates } from "nuqs";
import { auditActions, auditKinds } from "@/shared/audit-actions";
import { DAY, endOfDay, startOfDay } from "@/shared/time";
import { parseAsDay } from "../../_lib/url-parsers";
import { type AuditQuery, targetTypes } from "./types";

export const spans = ["24h", "7d", "30d", "90d"] as const;
export type Span = (typeof spans)[number];
const lengths: Record<Span, number> = { "24h": DAY, "7d": 7 * DAY, "30d": 30 * DAY, "90d": 90 * DAY };

const PUBLIC_ID = /^[a-z]{3}_[0-9a-z]{26}$/;
export const isPublicId = (text: string) => PUBLIC_ID.test(text);

const parseAsId = createParser({
  parse: (text) => (isPublicId(text) ? text : null),
  serialize: (value: string) => value,
});

/** Each filter's parser in the URL. Invalid values are ignored. */
const parsers = {
  action: parseAsStringLiteral(auditActions),
  kind: parseAsStringLiteral(auditKinds),
  outcome: parseAsStringLiteral(["succeeded", "failed"]),
  actor: parseAsId,
  target: parseAsId,
  targetType: parseAsStringLiteral(targetTypes),
  /** Back from now; or two dates, both included, UTC. */
  span: parseAsStringLiteral(spans),
  from: parseAsDay,
  to: parseAsDay,
  /** The entry that is open. */
  entry: parseAsId,
};
const urlKeys = { targetType: "type", span: "time" } as const;
export const filterUrlOrder = "action,kind,outcome,actor,target,type,time,from,to,entry".split(",");

/** Null matches anything. */
export type Filters = Omit<inferParserType<typeof parsers>, "entry">;

export const noFilters: Filters = {
  action: null,
  kind: null,
  outcome: null,
  actor: null,
  target: null,
  targetType: null,
  span: null,
  from: null,
  to: null,
};

export const isFiltered = (filters: Filters) => Object.values(filters).some((value) => value !== null);

/** The filters and the open entry, in the URL: both can be shared, and the back button undoes each choice. */
export function useFilters() {
  const [{ entry, ...values }, setValues] = useQueryStates(parsers, { urlKeys, history: "push" });
  const dated =
    values.span === null && values.from !== null && values.to !== null && values.from <= values.to;
  const filters: Filters = dated ? values : { ...values, from: null, to: null };
  return {
    filters,
    entry,
    change: (part: Partial<Filters>) => void setValues({ ...part, entry: null }),
    open: (id: string | null) => void setValues({ entry: id }),
  };
}

/** The filters as API input. API calls are shown where they are asked for: else they hide the rest. */
export function toQuery(filters: Filters, now: Date): AuditQuery {
  const { action, kind, outcome, actor, target, targetType, span, from, to } = filters;
  return {
    ...(action ? { action } : kind && { kind }),
    ...(outcome && { outcome }),
    ...(actor && { actor }),
    ...(target && { target }),
    ...(targetType && { target_type: targetType }),
    requests: false,
    ...(span && { created: { gte: new Date(now.getTime() - lengths[span]).toISOString() } }),
    ...(from && to && { created: { gte: startOfDay(from).toISOString(), lt: endOfDay(to).toISOString() } }),
  };
}

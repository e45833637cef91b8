import type { AuditAction } from "../../../shared/audit-actions";
import { type IdPrefix, newId, type Principal, timeOfId } from "../../platform";
import type { Bytes } from "../../platform/crypto/hash";

/** `system` is a scheduled job, `operator` one of our staff, `anonymous` a caller without valid credentials. */
export const actorTypes = ["user", "key", "service_account", "system", "operator", "anonymous"] as const;
export type ActorType = (typeof actorTypes)[number];

/** The prefix of an actor's public id, where it has one. */
export const actorPrefixes: Partial<Record<ActorType, IdPrefix>> = {
  user: "usr",
  operator: "usr",
  key: "key",
  service_account: "sva",
};

/** The types of target, and the prefix of their public ids. */
export const targetPrefixes = {
  user: "usr",
  organization: "org",
  key: "key",
  provider_key: "pky",
  session: "ses",
  passkey: "psk",
  inference: "inf",
  invitation: "inv",
  domain: "dom",
  connection: "con",
  directory_token: "dtk",
  directory_user: "dus",
  directory_group: "dgr",
  role: "rol",
  webhook: "whe",
  app: "app",
  service_account: "sva",
  inquiry: "inq",
  notice: "ntc",
} as const satisfies Record<string, IdPrefix>;
export type TargetType = keyof typeof targetPrefixes;

export interface AuditEntry {
  /** The organization whose log the entry belongs to; null for the system chain. */
  orgId: string | null;
  actor: { type: ActorType; id: string | null };
  action: AuditAction;
  target?: { type: TargetType; id: string } | undefined;
  /** The request's id. */
  traceId?: string | undefined;
  /** Flat facts: never content, a secret, an email address or a network address in the clear. */
  details?: Record<string, string | number | boolean | null | undefined> | undefined;
}

export type Details = Record<string, string | number | boolean | null>;

/** An entry as it will be stored, except for its position in the chain. */
export interface PreparedEntry {
  id: string;
  /** The millisecond inside `id`. */
  createdAt: Date;
  orgId: string | null;
  actorType: ActorType;
  actorId: string | null;
  action: AuditAction;
  targetType: TargetType | null;
  targetId: string | null;
  traceId: string | null;
  details: Details;
  /** Of an entry for a batch: what its root is made of. */
  leaves?: Bytes;
  /** Of an entry for a batch of calls: they are written with it. */
  calls?: readonly CallRecord[] | undefined;
}

/** An API call as the audit log keeps it: a row of `audit_calls`, whose batch has an entry in the organization's chain. */
export interface CallRecord {
  id: string;
  createdAt: Date;
  orgId: string;
  actorType: ActorType;
  actorId: string | null;
  traceId: string | null;
  /** JSON. */
  details: string;
}

export function prepareEntry(entry: AuditEntry): PreparedEntry {
  const id = newId();
  return {
    id,
    createdAt: timeOfId(id),
    orgId: entry.orgId,
    actorType: entry.actor.type,
    actorId: entry.actor.id,
    action: entry.action,
    targetType: entry.target?.type ?? null,
    targetId: entry.target?.id ?? null,
    traceId: entry.traceId ?? null,
    details: storableDetails(entry.details ?? {}),
  };
}

/** The actor behind a principal. */
export function actorOf(principal: Principal | null | undefined): AuditEntry["actor"] {
  if (principal === null || principal === undefined) return { type: "anonymous", id: null };
  if (principal.kind !== "key") return { type: "user", id: principal.userId };
  return { type: principal.serviceAccount ? "service_account" : "key", id: principal.apiKeyId };
}

const MAX_TEXT = 256;

/**
 * Removes what PostgreSQL refuses in JSON (NUL, lone surrogates), since one refused entry delays all behind it, and drops
 * nested values, which the types forbid anyway.
 */
export function storableDetails(details: NonNullable<AuditEntry["details"]>): Details {
  const storable: Details = {};
  for (const name of Object.keys(details)) {
    const value = details[name];
    if (value === undefined || (typeof value === "object" && value !== null)) continue;
    if (typeof value === "string") storable[name] = storableText(value);
    else storable[name] = typeof value === "number" && !Number.isFinite(value) ? null : value;
  }
  return storable;
}

function storableText(text: string): string {
  const short = text.length > MAX_TEXT ? text.slice(0, MAX_TEXT) : text;
  const clean = short.includes("\u0000") ? short.replaceAll("\u0000", " ") : short;
  return clean.isWellFormed() ? clean : clean.toWellFormed();
}

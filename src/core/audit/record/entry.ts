import type { IdPrefix } from "../../platform/ids";
import { newId, timeOfId } from "../../platform/ids";
import type { Principal } from "../../platform/principal";
import type { AuditAction } from "./actions";

/** `system` is a job of ours, `operator` one of our people, `anonymous` whoever sent no credentials, or wrong ones. */
export const actorTypes = ["user", "key", "system", "operator", "anonymous"] as const;
export type ActorType = (typeof actorTypes)[number];

/** What an entry can be about, and the prefix its id is shown with. */
export const targetPrefixes = {
  user: "usr",
  organization: "org",
  key: "key",
  session: "ses",
  inference: "inf",
  invitation: "inv",
  webhook: "whe",
  inquiry: "inq",
} as const satisfies Record<string, IdPrefix>;
export type TargetType = keyof typeof targetPrefixes;

export interface AuditEntry {
  /** The organization whose trail it belongs to; null for what belongs to none. */
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

/** An entry as it will stand, but for its place in the chain. */
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

/** Whom a principal acts as. */
export function actorOf(principal: Principal | null | undefined): AuditEntry["actor"] {
  if (principal === null || principal === undefined) return { type: "anonymous", id: null };
  return principal.kind === "key"
    ? { type: "key", id: principal.apiKeyId }
    : { type: "user", id: principal.userId };
}

const MAX_TEXT = 256;

/**
 * What PostgreSQL would refuse in JSON (NUL, half a surrogate pair) would hold up every entry behind it; what is
 * not flat came along by mistake, whatever the types said.
 */
function storableDetails(details: NonNullable<AuditEntry["details"]>): Details {
  const storable: Details = {};
  for (const [name, value] of Object.entries(details)) {
    if (value === undefined || (typeof value === "object" && value !== null)) continue;
    if (typeof value === "string") storable[name] = storableText(value);
    else storable[name] = typeof value === "number" && !Number.isFinite(value) ? null : value;
  }
  return storable;
}

function storableText(text: string): string {
  return text.slice(0, MAX_TEXT).replaceAll("\u0000", " ").toWellFormed();
}

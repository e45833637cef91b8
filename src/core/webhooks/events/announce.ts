import { type AuditEntry, recordAuditIn } from "../../audit";
import { type Environment, type Tx, toPublicId } from "../../platform";
import { emitEvents, type WebhookEvent } from "./emit-events";

/**
 * Emits the events that these audit entries are about, in the same transaction. Entries that correspond to no event are
 * skipped, so that callers can pass all their entries.
 */
export async function announceIn(tx: Tx, ...entries: readonly AuditEntry[]): Promise<void> {
  await emitEvents(tx, entries.flatMap(eventsOf));
}

/** `announceIn`, then the entries themselves: the log is locked last. */
export async function recordAndAnnounce(tx: Tx, ...entries: readonly AuditEntry[]): Promise<void> {
  await announceIn(tx, ...entries);
  await recordAuditIn(tx, ...entries);
}

function eventsOf(entry: AuditEntry): WebhookEvent[] {
  const { orgId, action, target, details = {}, actor } = entry;
  if (orgId === null || target === undefined) return [];
  const environment: Environment = details.environment === "test" ? "test" : "live";
  const key = { environment, expires_at: textOf(details.expires_at) };
  switch (action) {
    case "key.created":
      return [
        {
          orgId,
          environment,
          type: "key.created",
          data: { id: toPublicId("key", target.id), ...key, replaces: null },
        },
      ];
    case "key.rotated":
      return [
        {
          orgId,
          environment,
          type: "key.created",
          data: { id: textOf(details.successor), ...key, replaces: toPublicId("key", target.id) },
        },
      ];
    case "key.revoked":
      return [
        { orgId, environment, type: "key.revoked", data: { id: toPublicId("key", target.id), ...key } },
      ];
    case "member.joined":
      return actor.id === null
        ? []
        : [
            {
              orgId,
              type: "member.added",
              data: { id: toPublicId("usr", actor.id), role: textOf(details.role) },
            },
          ];
    case "member.removed":
      return [{ orgId, type: "member.removed", data: { id: toPublicId("usr", target.id) } }];
    default:
      return [];
  }
}

function textOf(value: unknown): string | null {
  return typeof value === "string" ? value : null;
}

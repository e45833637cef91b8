import { LRUCache } from "lru-cache";
import { MINUTE } from "../../platform";
import { singleton } from "../../platform/concurrency/singleton";
import type { AuditEntry } from "./entry";
import { recordAudit } from "./record-audit";

/** What is read again within this time has its entry already; each call by itself is among the API calls. */
export const SAME_READ_MS = MINUTE;
const MOST_REMEMBERED = 50_000;

const recent = singleton(
  "reads recorded of late",
  () => new LRUCache<string, true>({ max: MOST_REMEMBERED, ttl: SAME_READ_MS }),
);

/**
 * Records that somebody read data of an organization in HIPAA mode. Programs poll, so one entry stands for what the same caller
 * reads of the same thing within a minute.
 */
export function recordRead(entry: AuditEntry & { orgId: string }): void {
  const { orgId, actor, action, target } = entry;
  const name = [orgId, actor.type, actor.id, action, target?.id].join(" ");
  if (recent().has(name)) return;
  recent().set(name, true);
  recordAudit(entry);
}

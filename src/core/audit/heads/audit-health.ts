import { DAY, type Db, MINUTE, systemClock } from "../../platform";
import { db } from "../../platform/db/client";
import { FreshCache } from "../../platform/fresh-cache";
import { log } from "../../platform/observability/log";
import { evidenceStorage, type Storage } from "../../platform/storage";
import { beforeDay, headsPrefix, timeOfKey } from "./heads-document";

export interface AuditHealth {
  /** When heads were last written off the database; undefined if longer than two days ago. */
  headsAt: Date | undefined;
  /** Whether the database role can only append to the audit log. */
  restricted: boolean;
  /** Since when the oldest week that is still in the database is due for its archive; undefined while none is. */
  archiveDueAt: Date | undefined;
}

const recent = new FreshCache<AuditHealth>({ maxAgeMs: MINUTE, maxEntries: 1 });

/** Cached for a minute, because metrics are scraped more often than the object store should be read. */
export function auditHealth(): Promise<AuditHealth> {
  return recent.get("", async () => {
    const [headsAt, restricted, archiveDueAt] = await Promise.all([
      newestHeadsAt(evidenceStorage(), systemClock.now()),
      isRestricted(db()),
      archiveDueSince(db()),
    ]);
    return { headsAt, restricted, archiveDueAt };
  });
}

export async function newestHeadsAt(storage: Pick<Storage, "list">, now: Date): Promise<Date | undefined> {
  const after = beforeDay(new Date(now.getTime() - 2 * DAY));
  const newest = (await storage.list(headsPrefix, { after })).at(-1);
  return newest === undefined ? undefined : timeOfKey(newest);
}

export async function archiveDueSince(db: Db): Promise<Date | undefined> {
  const [row] = await db.$queryRaw<{ due: Date | null }[]>`
    SELECT min(until) + interval '400 days' AS due FROM (
      SELECT until FROM partitions.archivable('audit_logs') UNION ALL SELECT until FROM partitions.archivable('audit_calls')
    ) weeks`;
  return row?.due ?? undefined;
}

async function isRestricted(db: Db): Promise<boolean> {
  const [row] = await db.$queryRaw<{ unrestricted: boolean }[]>`
    SELECT has_table_privilege('public.audit_logs', 'UPDATE, DELETE, TRUNCATE')
      OR has_table_privilege('public.audit_chains', 'UPDATE, DELETE, TRUNCATE') AS unrestricted`;
  return row?.unrestricted === false;
}

/** Logs a warning at start-up when the database role could change the audit log. Never throws. */
export async function warnOfUnrestrictedRole(db: Db): Promise<void> {
  try {
    if (await isRestricted(db)) return;
    log().warn(
      "DATABASE_URL names a role that could change the audit log: let the product connect as agathaai_app (docs/audit.md)",
    );
  } catch (error) {
    log().error({ err: error }, "the rights of the database role could not be read");
  }
}

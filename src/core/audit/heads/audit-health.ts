import { DAY, MINUTE, systemClock } from "../../platform/clock";
import { type Db, db } from "../../platform/db/client";
import { FreshCache } from "../../platform/fresh-cache";
import { log } from "../../platform/observability/log";
import { evidenceStorage, type Storage } from "../../platform/storage";
import { beforeDay, headsPrefix, timeOfKey } from "./heads-document";

export interface AuditHealth {
  /** When heads were last written off the database; undefined when not within two days. */
  headsAt: Date | undefined;
  /** Whether this process can only add to the trail, and neither change nor remove. */
  restricted: boolean;
}

const recent = new FreshCache<AuditHealth>({ maxAgeMs: MINUTE, maxEntries: 1 });

/** How the trail is kept, at most a minute old: scrapes ask more often than the store should be asked. */
export function auditHealth(): Promise<AuditHealth> {
  return recent.get("", async () => {
    const [headsAt, restricted] = await Promise.all([
      newestHeadsAt(evidenceStorage(), systemClock.now()),
      isRestricted(db()),
    ]);
    return { headsAt, restricted };
  });
}

export async function newestHeadsAt(storage: Pick<Storage, "list">, now: Date): Promise<Date | undefined> {
  const after = beforeDay(new Date(now.getTime() - 2 * DAY));
  const newest = (await storage.list(headsPrefix, { after })).at(-1);
  return newest === undefined ? undefined : timeOfKey(newest);
}

async function isRestricted(db: Db): Promise<boolean> {
  const [row] = await db.$queryRaw<{ free: boolean }[]>`
    SELECT has_table_privilege('public.audit_logs', 'UPDATE, DELETE, TRUNCATE')
      OR has_table_privilege('public.audit_chains', 'UPDATE, DELETE, TRUNCATE') AS free`;
  return row?.free === false;
}

/** Says so at the start of a process whose role could change the trail. A database out of reach is not its matter. */
export async function warnOfFreeRole(db: Db): Promise<void> {
  try {
    if (await isRestricted(db)) return;
    log().warn(
      "DATABASE_URL names a role that could change the audit trail: let the product connect as agathaai_app (docs/audit.md)",
    );
  } catch (error) {
    log().error({ err: error }, "the rights of the database role could not be read");
  }
}

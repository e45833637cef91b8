import { emailAdmins } from "../../accounts";
import { recordAuditIn } from "../../audit";
import { type Clock, DAY, type Db, HOUR, systemClock } from "../../platform";
import { domainMissingEmail } from "./domain-emails";
import { auditOfDomain, type DomainRow, domainColumns } from "./domain-rows";
import { GRACE_DAYS } from "./schemas";
import { findRecord } from "./txt-record";

const EVERY_MS = 6 * HOUR;
const AT_ONCE = 100;

/**
 * Looks for the records of verified domains again. One that is missing is flagged; one that stays missing is lost, so that
 * who buys an expired domain cannot be signed in for its people. Silent name servers change nothing. Returns how many
 * domains changed.
 */
export async function recheckDomains(
  db: Db,
  { signal }: { signal?: AbortSignal } = {},
  clock: Clock = systemClock,
): Promise<number> {
  const due = await db.organizationDomain.findMany({
    where: {
      verifiedAt: { not: null },
      checkedAt: { lt: new Date(clock.now().getTime() - EVERY_MS) },
      organization: { deletedAt: null },
    },
    orderBy: { checkedAt: "asc" },
    take: AT_ONCE,
    select: domainColumns,
  });
  let changed = 0;
  for (const row of due) {
    if (signal?.aborted) break;
    if (await recheck(db, row, clock)) changed += 1;
  }
  return changed;
}

async function recheck(db: Db, row: DomainRow, clock: Clock): Promise<boolean> {
  const state = await findRecord(row);
  const now = clock.now();
  const { id, checkedAt, missingSince } = row;
  const since = missingSince ?? now;
  const lost = state === "absent" && now.getTime() - since.getTime() >= GRACE_DAYS * DAY;
  const action = actionOf(state === "absent", { lost, missingSince });
  return await db.$transaction(async (tx) => {
    const data = {
      ...(state === "present" && { missingSince: null, notifiedAt: null }),
      ...(state === "absent" && { missingSince: since }),
      ...(lost && { verifiedAt: null, missingSince: null, lostAt: now, notifiedAt: null }),
    };
    // Only who read the row last changes it: another process may check the same domain.
    const { count } = await tx.organizationDomain.updateMany({
      where: { id, checkedAt, verifiedAt: { not: null } },
      data: { checkedAt: now, ...data },
    });
    if (count === 0 || action === undefined) return false;
    await recordAuditIn(tx, auditOfDomain(row, action, null));
    return true;
  });
}

function actionOf(
  absent: boolean,
  { lost, missingSince }: { lost: boolean; missingSince: Date | null },
): "domain.lost" | "domain.missing" | undefined {
  if (lost) return "domain.lost";
  return absent && missingSince === null ? "domain.missing" : undefined;
}

/**
 * Emails owners and admins of each domain whose record is missing, and once more when it is lost. Claimed before it is
 * sent, and released when no mail server accepted one. Returns the number of domains announced.
 */
export async function notifyMissingDomains(db: Db, clock: Clock = systemClock): Promise<number> {
  const waiting = await db.organizationDomain.findMany({
    where: { notifiedAt: null, OR: [{ missingSince: { not: null } }, { lostAt: { not: null } }] },
    take: AT_ONCE,
    select: domainColumns,
  });
  let notified = 0;
  for (const { id, orgId, domain, lostAt } of waiting) {
    const { count } = await db.organizationDomain.updateMany({
      where: { id, notifiedAt: null },
      data: { notifiedAt: clock.now() },
    });
    if (count === 0) continue;
    const email = domainMissingEmail({ domain, lost: lostAt !== null });
    if (await emailAdmins(db, orgId, email, { about: "a domain" })) notified += 1;
    else await db.organizationDomain.updateMany({ where: { id }, data: { notifiedAt: null } });
  }
  return notified;
}

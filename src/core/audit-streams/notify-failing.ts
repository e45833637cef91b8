import { emailAdmins } from "../accounts";
import { readOrgName } from "../orgs";
import { type Clock, type Db, HOUR, systemClock } from "../platform";
import { streamFailingEmail } from "./failing-email";
import { hostOf } from "./stream-view";

const AT_ONCE = 100;
/** Shorter outages pass by themselves. */
export const TOLD_AFTER_MS = HOUR;

/**
 * Emails the owners and admins of each stream that has failed for an hour, once an outage. A stream is claimed before its email is sent,
 * and released when no mail server accepted one. Returns the number of streams announced.
 */
export async function notifyFailingStreams(db: Db, clock: Clock = systemClock): Promise<number> {
  const since = new Date(clock.now().getTime() - TOLD_AFTER_MS);
  const waiting = await db.auditStream.findMany({
    where: { notifiedAt: null, pausedAt: null, failingSince: { lte: since } },
    take: AT_ONCE,
    select: { orgId: true, kind: true, target: true, lastError: true },
  });
  let notified = 0;
  for (const { orgId, lastError, ...receiver } of waiting) {
    const claimed = await db.auditStream.updateMany({
      where: { orgId, notifiedAt: null, failingSince: { lte: since } },
      data: { notifiedAt: clock.now() },
    });
    if (claimed.count === 0) continue;
    const organization = await readOrgName(db, orgId);
    const email = streamFailingEmail({ organization, host: hostOf(receiver), lastError });
    if (await emailAdmins(db, orgId, email, { about: "an audit stream" })) notified += 1;
    else await db.auditStream.updateMany({ where: { orgId }, data: { notifiedAt: null } });
  }
  return notified;
}

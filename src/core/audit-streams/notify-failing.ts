import { emailMember } from "../accounts";
import { readOrgName } from "../orgs";
import { type Clock, type Db, HOUR, systemClock } from "../platform";
import { log } from "../platform/observability/log";
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
    const readers = await db.membership.findMany({
      where: { orgId, role: { in: ["owner", "admin"] }, user: { deletedAt: null } },
      select: { userId: true },
    });
    const sent = await Promise.allSettled(
      readers.map(({ userId }) => emailMember(db, { orgId, userId }, email)),
    );
    const failed = sent.filter(({ status }) => status === "rejected").length;
    if (failed < sent.length || sent.length === 0) notified += 1;
    else await db.auditStream.updateMany({ where: { orgId }, data: { notifiedAt: null } });
    // Without the errors, which may contain the address.
    if (failed > 0) log().warn({ failed, org_id: orgId }, "emails about an audit stream could not be sent");
  }
  return notified;
}

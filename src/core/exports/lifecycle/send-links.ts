import { emailMember, emailUser } from "../../accounts";
import { type Clock, type Db, systemClock, toPublicId } from "../../platform";
import { randomToken, sha256 } from "../../platform/crypto/hash";
import { log } from "../../platform/observability/log";
import { exportFailedEmail, exportReadyEmail } from "./export-email";

const AT_ONCE = 100;

/**
 * Emails the links of finished exports, and tells of failed ones. A link whose email no server took is replaced by a new one
 * at the next run: only the last one sent works. Returns how many emails were sent.
 */
export async function sendExportLinks(db: Db, clock: Clock = systemClock): Promise<number> {
  const waiting = await db.dataExport.findMany({
    where: { emailedAt: null, status: { in: ["ready", "failed"] } },
    take: AT_ONCE,
    orderBy: { id: "asc" },
    select: {
      id: true,
      requestedBy: true,
      subjectType: true,
      subjectId: true,
      status: true,
      expiresAt: true,
    },
  });
  let sent = 0;
  for (const { id, requestedBy, subjectType, subjectId, status, expiresAt } of waiting) {
    const token = randomToken();
    const claimed = await db.dataExport.updateMany({
      where: { id, emailedAt: null, status },
      data: { emailedAt: clock.now(), ...(status === "ready" && { tokenHash: sha256(token) }) },
    });
    if (claimed.count === 0) continue;
    const subject = subjectType === "org" ? "organization" : "person";
    const email =
      status === "ready" && expiresAt !== null
        ? exportReadyEmail({ id: toPublicId("exp", id), token, subject, expiresAt })
        : exportFailedEmail({ subject });
    try {
      if (subjectType === "org") await emailMember(db, { orgId: subjectId, userId: requestedBy }, email);
      else await emailUser(db, requestedBy, email);
      sent += 1;
    } catch {
      // Without the error, which may contain the address.
      log().warn({ export: id }, "the email about an export could not be sent");
      await db.dataExport.updateMany({ where: { id, status }, data: { emailedAt: null, tokenHash: null } });
    }
  }
  return sent;
}

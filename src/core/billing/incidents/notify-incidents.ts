import { type Clock, type Db, systemClock } from "../../platform";
import { env } from "../../platform/env";
import { sendEmail } from "../../platform/mail/send-email";
import { log } from "../../platform/observability/log";
import { incidentEmail } from "./incident-email";

const AT_ONCE = 20;

/**
 * Emails operators the incidents they have to look at. Each is claimed before its email is sent, and released when the
 * mail server refuses it.
 */
export async function notifyIncidents(db: Db, clock: Clock = systemClock): Promise<number> {
  const waiting = await db.billingIncident.findMany({
    where: { notifiedAt: null, handledAt: null },
    orderBy: { createdAt: "asc" },
    take: AT_ONCE,
  });
  let notified = 0;
  for (const incident of waiting) {
    const { id, kind } = incident;
    const claimed = await db.billingIncident.updateMany({
      where: { id, notifiedAt: null },
      data: { notifiedAt: clock.now() },
    });
    if (claimed.count === 0) continue;
    try {
      await sendEmail({ to: env().SALES_EMAIL, ...incidentEmail(incident) });
      notified += 1;
    } catch (error) {
      await db.billingIncident.updateMany({ where: { id }, data: { notifiedAt: null } });
      const reason = error instanceof Error ? error.name : typeof error;
      log().error({ reason, kind }, "operators could not be notified of a billing incident yet");
    }
  }
  return notified;
}

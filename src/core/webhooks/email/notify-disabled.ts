import { emailAdmins } from "../../accounts";
import { type Clock, type Db, systemClock, toPublicId } from "../../platform";
import { endpointDisabledEmail } from "./disabled-email";

const AT_ONCE = 100;

/**
 * Emails the owners and admins of each endpoint that we disabled, once. An endpoint is claimed before its email is
 * sent, and released when no mail server accepted one. Returns the number of endpoints announced.
 */
export async function notifyDisabledEndpoints(db: Db, clock: Clock = systemClock): Promise<number> {
  const waiting = await db.webhookEndpoint.findMany({
    where: { notifiedAt: null, disabledAt: { not: null }, disabledBecause: { in: ["gone", "failing"] } },
    take: AT_ONCE,
    select: { id: true, orgId: true, url: true, disabledBecause: true },
  });
  let notified = 0;
  for (const { id, orgId, url, disabledBecause } of waiting) {
    const claimed = await db.webhookEndpoint.updateMany({
      where: { id, notifiedAt: null },
      data: { notifiedAt: clock.now() },
    });
    if (claimed.count === 0) continue;
    const last = await db.webhookDelivery.findFirst({
      where: { endpointId: id, tries: { some: {} } },
      orderBy: { id: "desc" },
      select: { tries: { orderBy: { number: "desc" }, take: 1, select: { error: true } } },
    });
    const email = endpointDisabledEmail({
      id: toPublicId("whe", id),
      host: new URL(url).host,
      because: disabledBecause === "gone" ? "gone" : "failing",
      lastError: last?.tries[0]?.error ?? null,
    });
    if (await emailAdmins(db, orgId, email, { about: "a webhook endpoint" })) notified += 1;
    else await db.webhookEndpoint.updateMany({ where: { id }, data: { notifiedAt: null } });
  }
  return notified;
}

import { type CallerContext, decryptPeople, describeDevice, emailMember, emailOwners } from "../../accounts";
import { readOrgName } from "../../orgs";
import type { Db } from "../../platform";
import { afterResponse } from "../../platform/concurrency/after-response";
import { newDeviceEmail, newDeviceEmailToOwner, type ShownSecret } from "./new-device-emails";

/**
 * Emails the creator of a key, or of a service account’s secret, and the owners of its organization, that it was created from a device or network new to its
 * creator. Nobody can mute this email. It is sent after the response, which therefore reveals nothing about it. Only the
 * creator's email contains the IP address.
 */
export function notifyNewDevice(
  db: Db,
  key: ShownSecret,
  { orgId, userId, ip, userAgent, at }: CallerContext & { orgId: string; userId: string; at: Date },
): void {
  const device = describeDevice(userAgent ?? null);
  afterResponse("new device email to the creator", async () => {
    await emailMember(db, { orgId, userId }, newDeviceEmail(key, { device, ip, at }));
  });
  afterResponse("new device email to owners", async () => {
    const [organization, people] = await Promise.all([readOrgName(db, orgId), decryptPeople(db, [userId])]);
    const creator = people.get(userId)?.email ?? "A member";
    const email = newDeviceEmailToOwner(key, { device, at, organization, creator });
    await emailOwners(db, { orgId, exceptUserId: userId }, email);
  });
}

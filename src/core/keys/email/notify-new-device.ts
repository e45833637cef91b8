import { type CallerContext, decryptPeople, describeDevice, emailOwners, emailUser } from "../../accounts";
import { readOrgName } from "../../orgs";
import { afterResponse } from "../../platform/concurrency/after-response";
import type { Db } from "../../platform/db/client";
import type { KeyView } from "../schemas";
import { newDeviceEmail, newDeviceEmailToOwner } from "./new-device-emails";

/**
 * Tells the maker of a key, and the owners of its organization, that it was made from a place its maker has not been
 * seen at. Nobody can mute it; that the answer is already given shows to whoever made the key nothing of the mail. The
 * network address is the maker's to know, and goes to them alone.
 */
export function notifyNewDevice(
  db: Db,
  key: KeyView,
  { orgId, userId, ip, userAgent, at }: CallerContext & { orgId: string; userId: string; at: Date },
): void {
  const device = describeDevice(userAgent ?? null);
  afterResponse("new device email to the maker", async () => {
    await emailUser(db, userId, newDeviceEmail(key, { device, ip, at }));
  });
  afterResponse("new device email to owners", async () => {
    const [organization, people] = await Promise.all([readOrgName(db, orgId), decryptPeople(db, [userId])]);
    const maker = people.get(userId)?.email ?? "A member";
    const email = newDeviceEmailToOwner(key, { device, at, organization, maker });
    await emailOwners(db, { orgId, exceptUserId: userId }, email);
  });
}

import { openPeople } from "../accounts";
import { createPersonalOrganization } from "../orgs";
import { type Clock, systemClock } from "../platform/clock";
import type { Tx } from "../platform/db";

/**
 * Moves a person's sessions out of an organization into one they still have, so that they are not signed out of
 * everything else. Who has no other one gets a new one of their own: nobody is ever without, and locked out.
 */
export async function sendHome(
  tx: Tx,
  { orgId, userId }: { orgId: string; userId: string },
  clock: Clock = systemClock,
): Promise<void> {
  const home = await tx.membership.findFirst({
    where: { userId, orgId: { not: orgId }, organization: { deletedAt: null } },
    orderBy: [{ organization: { personal: "desc" } }, { createdAt: "asc" }, { orgId: "asc" }],
    select: { orgId: true },
  });
  const homeId = home?.orgId ?? (await newHome(tx, userId, clock));
  if (homeId !== undefined) {
    await tx.session.updateMany({ where: { userId, orgId }, data: { orgId: homeId } });
  }
}

/** None for the erased: they do not come back. */
async function newHome(tx: Tx, userId: string, clock: Clock): Promise<string | undefined> {
  const person = (await openPeople(tx, [userId])).get(userId);
  if (person === undefined) return undefined;
  return (await createPersonalOrganization(tx, { userId, name: person.name }, clock)).orgId;
}

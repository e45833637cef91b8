import { decryptPeople } from "../../accounts";
import { insertOrganization, type PreparedOrganization, preparePersonalOrganization } from "../../orgs";
import { type Clock, systemClock } from "../../platform/clock";
import type { Db } from "../../platform/db/client";
import { AppError } from "../../platform/errors";
import type { KeyedTx } from "../../privacy";

/** By the person who has no other organization. */
export type PreparedPersonalOrgs = ReadonlyMap<string, PreparedOrganization>;

/**
 * Makes ready, before the transaction that ends memberships, the organizations which it will have to give to members
 * who have no other one: their names are sealed under keys of the key service, which no transaction waits for.
 */
export async function preparePersonalOrgs(
  db: Db,
  { orgId, userId }: { orgId: string; userId?: string },
  clock: Clock = systemClock,
): Promise<PreparedPersonalOrgs> {
  const homeless = await db.membership.findMany({
    where: {
      orgId,
      ...(userId === undefined ? {} : { userId }),
      user: {
        deletedAt: null,
        memberships: { none: { orgId: { not: orgId }, organization: { deletedAt: null } } },
      },
    },
    select: { userId: true },
  });
  const people = await decryptPeople(
    db,
    homeless.map((member) => member.userId),
  );
  return new Map(
    await Promise.all(
      [...people.values()].map(
        async (person) => [person.userId, await preparePersonalOrganization(person, clock)] as const,
      ),
    ),
  );
}

/**
 * Moves a person's sessions out of an organization into one they still have, so that they are not signed out of
 * everything else. Who has no other one gets a new one of their own (`preparePersonalOrgs`): nobody is ever without, and locked
 * out.
 * @throws AppError `service_unavailable` for one who lost their other organization since personalOrgs were prepared.
 */
export async function moveToAnotherOrg(
  tx: KeyedTx,
  { orgId, userId, personalOrgs }: { orgId: string; userId: string; personalOrgs: PreparedPersonalOrgs },
  clock: Clock = systemClock,
): Promise<void> {
  const home = await tx.membership.findFirst({
    where: { userId, orgId: { not: orgId }, organization: { deletedAt: null } },
    orderBy: [{ organization: { personal: "desc" } }, { createdAt: "asc" }, { orgId: "asc" }],
    select: { orgId: true },
  });
  const homeId = home?.orgId ?? (await newHome(tx, { userId, prepared: personalOrgs.get(userId) }, clock));
  if (homeId !== undefined) {
    await tx.session.updateMany({ where: { userId, orgId }, data: { orgId: homeId } });
  }
}

/** None for the erased: they do not come back. */
async function newHome(
  tx: KeyedTx,
  { userId, prepared }: { userId: string; prepared: PreparedOrganization | undefined },
  clock: Clock,
): Promise<string | undefined> {
  if (await isErased(tx, userId)) return undefined;
  if (prepared !== undefined) return (await insertOrganization(tx, prepared, clock)).orgId;
  throw new AppError("service_unavailable", {
    public: "A member’s organizations changed at the same time. Try again.",
    internal: `no home was prepared for user ${userId}`,
    retryAfterSeconds: 1,
  });
}

async function isErased(tx: KeyedTx, userId: string): Promise<boolean> {
  return (await tx.user.count({ where: { id: userId, deletedAt: null } })) === 0;
}

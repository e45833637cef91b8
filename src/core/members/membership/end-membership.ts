import { decryptPeople, unlinkFromCompany } from "../../accounts";
import { endGrantsOfMember } from "../../oauth";
import { insertOrganization, type PreparedOrganization, preparePersonalOrganization } from "../../orgs";
import { AppError, type Clock, type Db, systemClock } from "../../platform";
import type { KeyedTx } from "../../privacy";

/**
 * Deletes the membership with what the user granted apps there, and moves the user's sessions to another organization. The caller has locked the members, and
 * calls `forgetPrincipals` after the commit.
 */
export async function endMembership(
  tx: KeyedTx,
  { orgId, userId, personalOrgs }: { orgId: string; userId: string; personalOrgs: PreparedPersonalOrgs },
): Promise<void> {
  await endGrantsOfMember(tx, { orgId, userId });
  await unlinkFromCompany(tx, { orgId, userId });
  await tx.membership.delete({ where: { orgId_userId: { orgId, userId } } });
  await moveToAnotherOrg(tx, { orgId, userId, personalOrgs });
}

/** A personal organization by each user who has no other organization. */
export type PreparedPersonalOrgs = ReadonlyMap<string, PreparedOrganization>;

/**
 * Prepares personal organizations for the members who have no other one, before the transaction that ends their
 * membership: their names are encrypted under new data keys, and no transaction waits for the key service.
 */
export async function preparePersonalOrgs(
  db: Db,
  { orgId, userId }: { orgId: string; userId?: string },
  clock: Clock = systemClock,
): Promise<PreparedPersonalOrgs> {
  const withoutOther = await db.membership.findMany({
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
    withoutOther.map((member) => member.userId),
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
 * Moves a user's sessions from an organization to another one of theirs, so that they are not signed out. A user without
 * another organization gets the prepared personal one (`preparePersonalOrgs`), so nobody is left without any.
 * @throws AppError `service_unavailable` when a user lost their other organization after the preparation.
 */
export async function moveToAnotherOrg(
  tx: KeyedTx,
  { orgId, userId, personalOrgs }: { orgId: string; userId: string; personalOrgs: PreparedPersonalOrgs },
  clock: Clock = systemClock,
): Promise<void> {
  const other = await tx.membership.findFirst({
    where: { userId, orgId: { not: orgId }, organization: { deletedAt: null } },
    orderBy: [{ organization: { personal: "desc" } }, { createdAt: "asc" }, { orgId: "asc" }],
    select: { orgId: true },
  });
  const newOrgId =
    other?.orgId ?? (await insertPersonalOrg(tx, { userId, prepared: personalOrgs.get(userId) }, clock));
  if (newOrgId !== undefined) {
    await tx.session.updateMany({ where: { userId, orgId }, data: { orgId: newOrgId } });
  }
}

/** Undefined for erased users, who need none. */
async function insertPersonalOrg(
  tx: KeyedTx,
  { userId, prepared }: { userId: string; prepared: PreparedOrganization | undefined },
  clock: Clock,
): Promise<string | undefined> {
  if (await isErased(tx, userId)) return undefined;
  if (prepared !== undefined) return (await insertOrganization(tx, prepared, clock)).orgId;
  throw new AppError("service_unavailable", {
    public: "A member’s organizations changed at the same time. Try again.",
    internal: `no organization was prepared for user ${userId}`,
    retryAfterSeconds: 1,
  });
}

async function isErased(tx: KeyedTx, userId: string): Promise<boolean> {
  return (await tx.user.count({ where: { id: userId, deletedAt: null } })) === 0;
}

import { type Clock, newId, systemClock } from "../platform";
import { encryptText, insertDataKey, type KeyedTx, type NewDataKey, prepareDataKey } from "../privacy";
import { orgNameField, orgSubject } from "./org-name";
import { toOrgView } from "./org-view";
import type { OrgView } from "./schemas";

export interface InsertedOrganization {
  orgId: string;
  view: OrgView;
}

export interface OrganizationToMake {
  ownerId: string;
  name: string;
  personal: boolean;
}

export interface PreparedOrganization extends OrganizationToMake {
  orgId: string;
  key: NewDataKey;
}

/** Asks the key service for the data key, before the transaction that inserts the organization (`insertOrganization`). */
export async function prepareOrganization(
  organization: OrganizationToMake,
  clock: Clock = systemClock,
): Promise<PreparedOrganization> {
  const orgId = newId(clock.now());
  return { ...organization, orgId, key: await prepareDataKey(orgSubject(orgId)) };
}

/** The organization every user starts with. The transaction that creates the user inserts it, so no user is without one. */
export function preparePersonalOrganization(
  owner: { userId: string; name: string },
  clock: Clock = systemClock,
): Promise<PreparedOrganization> {
  const name = `${owner.name}’s organization`;
  return prepareOrganization({ ownerId: owner.userId, name, personal: true }, clock);
}

/** Inserts an organization with its owner, data key and Free subscription in the caller's transaction. */
export async function insertOrganization(
  tx: KeyedTx,
  { orgId, key, ownerId, name, personal }: PreparedOrganization,
  clock: Clock = systemClock,
): Promise<InsertedOrganization> {
  const now = clock.now();
  await insertDataKey(tx, key, clock);
  const org = await tx.organization.create({
    data: {
      id: orgId,
      nameCipher: await encryptText(tx, orgSubject(orgId), orgNameField(orgId), name),
      personal,
      createdAt: now,
      updatedAt: now,
      memberships: { create: { userId: ownerId, role: "owner", createdAt: now } },
      subscription: { create: { plan: "free", createdAt: now, updatedAt: now } },
    },
    select: { id: true, personal: true, createdAt: true, subscription: { select: { plan: true } } },
  });
  return { orgId, view: toOrgView(org, name, "owner") };
}

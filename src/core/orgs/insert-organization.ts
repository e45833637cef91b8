import { type Clock, systemClock } from "../platform/clock";
import { newId } from "../platform/ids";
import { encryptText, insertDataKey, type KeyedTx, type NewDataKey, prepareDataKey } from "../privacy";
import { orgNameField, orgSubject } from "./org-name";
import type { OrgView } from "./schemas";
import { toOrgView } from "./to-org-view";

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

/** Makes the data key, by the key service: before the transaction that makes the rest (`insertOrganization`). */
export async function prepareOrganization(
  organization: OrganizationToMake,
  clock: Clock = systemClock,
): Promise<PreparedOrganization> {
  const orgId = newId(clock.now());
  return { ...organization, orgId, key: await prepareDataKey(orgSubject(orgId)) };
}

/** The one everyone starts with; inserted by the transaction that makes the user, so that no user is ever without. */
export function preparePersonalOrganization(
  owner: { userId: string; name: string },
  clock: Clock = systemClock,
): Promise<PreparedOrganization> {
  const name = `${owner.name}’s organization`;
  return prepareOrganization({ ownerId: owner.userId, name, personal: true }, clock);
}

/**
 * An organization with its owner, its data key and a Free subscription, in the caller's transaction: none is ever
 * without them.
 */
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

import { type Clock, systemClock } from "../platform/clock";
import type { Tx } from "../platform/db";
import { newId } from "../platform/ids";
import { createDataKey, sealText } from "../privacy";
import { orgNamePlace, orgSubject } from "./org-name";
import type { OrgView } from "./schemas";
import { toOrgView } from "./to-org-view";

export interface InsertedOrganization {
  orgId: string;
  view: OrgView;
}

/**
 * An organization with its owner, its data key and a Free subscription, in the caller's transaction: none is ever
 * without them.
 */
export async function insertOrganization(
  tx: Tx,
  { ownerId, name, personal }: { ownerId: string; name: string; personal: boolean },
  clock: Clock = systemClock,
): Promise<InsertedOrganization> {
  const now = clock.now();
  const orgId = newId(now);
  await createDataKey(tx, orgSubject(orgId), clock);
  const org = await tx.organization.create({
    data: {
      id: orgId,
      nameCipher: await sealText(tx, orgSubject(orgId), orgNamePlace(orgId), name),
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

/** The one everyone starts with; runs in the transaction that makes the user, so that no user is ever without. */
export function createPersonalOrganization(
  tx: Tx,
  owner: { userId: string; name: string },
  clock: Clock = systemClock,
): Promise<InsertedOrganization> {
  const name = `${owner.name}’s organization`;
  return insertOrganization(tx, { ownerId: owner.userId, name, personal: true }, clock);
}

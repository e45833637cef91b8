import { type Clock, systemClock } from "../platform/clock";
import type { Tx } from "../platform/db";
import { newId } from "../platform/ids";
import { createDataKey, sealText } from "../privacy";
import { orgNamePlace, orgSubject } from "./org-name";
import type { OrgView } from "./schemas";
import { toOrgView } from "./to-org-view";

export interface PersonalOrganization {
  orgId: string;
  view: OrgView;
}

/**
 * The organization everyone starts with: its owner, its data key and a Free subscription. Runs in the transaction
 * that makes the user, so that no user is ever without one.
 */
export async function createPersonalOrganization(
  tx: Tx,
  owner: { userId: string; name: string },
  clock: Clock = systemClock,
): Promise<PersonalOrganization> {
  const now = clock.now();
  const orgId = newId(now);
  const name = `${owner.name}’s organization`;
  await createDataKey(tx, orgSubject(orgId), clock);
  const org = await tx.organization.create({
    data: {
      id: orgId,
      nameCipher: await sealText(tx, orgSubject(orgId), orgNamePlace(orgId), name),
      personal: true,
      createdAt: now,
      updatedAt: now,
      memberships: { create: { userId: owner.userId, role: "owner", createdAt: now } },
      subscription: { create: { plan: "free", createdAt: now, updatedAt: now } },
    },
    select: { id: true, personal: true, createdAt: true, subscription: { select: { plan: true } } },
  });
  return { orgId, view: toOrgView(org, name, "owner") };
}

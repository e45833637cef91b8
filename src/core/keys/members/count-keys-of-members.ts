import { readRoles } from "../../orgs";
import { type DbOrTx, orgRoles, toPublicId } from "../../platform";
import { knownScopes } from "../views/key-view";

export interface KeysOfMember {
  /** Keys of theirs that are not revoked or rotated away. */
  all: number;
  /** Of these, how many may do more than each role: a built-in one by name, a custom one by its public ID. */
  beyond: Record<string, number>;
}

/** How many keys each member answers for: what a decision about their role is about. */
export async function countKeysOfMembers(
  db: DbOrTx,
  { orgId, now }: { orgId: string; now: Date },
): Promise<ReadonlyMap<string, KeysOfMember>> {
  const keys = await db.apiKey.findMany({
    where: {
      orgId,
      revokedAt: null,
      createdBy: { not: null },
      OR: [{ graceEndsAt: null }, { graceEndsAt: { gt: now } }],
    },
    select: { createdBy: true, scopes: true },
  });
  const rightsOf = await readRoles(db, { orgId });
  const customRoles = await db.customRole.findMany({ where: { orgId }, select: { id: true, base: true } });
  const roles = [
    ...orgRoles.map((role) => rightsOf({ role, customRoleId: null })),
    ...customRoles.map(({ id, base }) => ({
      ...rightsOf({ role: base, customRoleId: id }),
      name: toPublicId("rol", id),
    })),
  ];
  const counts = new Map<string, KeysOfMember>();
  for (const { createdBy, scopes } of keys) {
    if (createdBy === null) continue;
    const known = knownScopes(scopes);
    const count = counts.get(createdBy) ?? noKeys();
    count.all += 1;
    for (const { name, scopes: allowed } of roles) {
      if (known.some((scope) => !allowed.has(scope))) count.beyond[name] = (count.beyond[name] ?? 0) + 1;
    }
    counts.set(createdBy, count);
  }
  return counts;
}

export function noKeys(): KeysOfMember {
  return { all: 0, beyond: { owner: 0, admin: 0, developer: 0, billing: 0, viewer: 0 } };
}

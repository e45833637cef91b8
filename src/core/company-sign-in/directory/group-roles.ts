import type { RoleRef } from "../../orgs";
import type { DbOrTx, OrgRole } from "../../platform";

/** From the highest. A custom role counts as its base. */
const order: readonly OrgRole[] = ["admin", "developer", "billing", "viewer"];

interface MappedGroup {
  displayName: string;
  role: OrgRole | null;
  customRole: { id: string; base: OrgRole; permissions: string[] } | null;
}

/**
 * The role of somebody who is in several groups: by the base's place in `order`; of the same base the built-in role, then the
 * custom role that allows more, then the group whose name comes first. Null where no group stands for a role.
 */
export function highestRole(groups: readonly MappedGroup[]): RoleRef | null {
  const [first] = groups
    .map(rank)
    .filter((one) => one !== null)
    .toSorted(
      (a, b) =>
        order.indexOf(a.ref.role) - order.indexOf(b.ref.role) ||
        b.allows - a.allows ||
        (a.name < b.name ? -1 : 1),
    );
  return first?.ref ?? null;
}

interface Ranked {
  ref: RoleRef;
  /** How many permissions; a built-in role comes before the custom ones with it as their base. */
  allows: number;
  name: string;
}

function rank({ displayName: name, role, customRole }: MappedGroup): Ranked | null {
  if (customRole !== null) {
    const { id: customRoleId, base, permissions } = customRole;
    return { ref: { role: base, customRoleId }, allows: permissions.length, name };
  }
  return role === null ? null : { ref: { role, customRoleId: null }, allows: Number.MAX_SAFE_INTEGER, name };
}

/** The role that a person's groups give them, else the default of the company's sign-in; `viewer` where it has none. */
export async function roleOfGroups(
  db: DbOrTx,
  { orgId, id }: { orgId: string; id: string },
): Promise<RoleRef> {
  const groups = await db.directoryGroup.findMany({
    where: { orgId, members: { some: { directoryUserId: id } } },
    select: {
      displayName: true,
      role: true,
      customRole: { select: { id: true, base: true, permissions: true } },
    },
  });
  const highest = highestRole(groups);
  if (highest !== null) return highest;
  const connection = await db.companyConnection.findUnique({
    where: { orgId },
    select: { defaultRole: true },
  });
  return { role: connection?.defaultRole ?? "viewer", customRoleId: null };
}

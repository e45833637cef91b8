import { knownScopes } from "../../keys";
import { assertFeature, type MemberRights, type RoleRef } from "../../orgs";
import {
  AppError,
  type DbOrTx,
  type OrgRole,
  orgRoles,
  type Scope,
  type Tx,
  toPublicId,
} from "../../platform";
import type { AnyRole, CustomRoleView } from "./role-schemas";

export const roleColumns = {
  id: true,
  name: true,
  base: true,
  permissions: true,
  createdAt: true,
  updatedAt: true,
  _count: { select: { memberships: true } },
} as const;

interface CustomRoleRow {
  id: string;
  name: string;
  base: OrgRole;
  permissions: string[];
  createdAt: Date;
  updatedAt: Date;
  _count: { memberships: number };
}

export function viewCustomRole(row: CustomRoleRow): CustomRoleView {
  return {
    id: toPublicId("rol", row.id),
    name: row.name,
    base: row.base,
    permissions: knownScopes(row.permissions),
    members: row._count.memberships,
    created_at: row.createdAt.toISOString(),
    updated_at: row.updatedAt.toISOString(),
  };
}

/** @throws AppError `not_found`, also for another organization's. */
export async function readCustomRole(
  db: DbOrTx,
  { orgId, id }: { orgId: string; id: string },
  param = "id",
): Promise<CustomRoleRow> {
  const row = await db.customRole.findFirst({ where: { id, orgId }, select: roleColumns });
  if (row !== null) return row;
  throw new AppError("not_found", { public: "Role not found in your organization.", param });
}

/**
 * The role that an input names. Giving out a custom role takes the plan for it.
 * @throws AppError `not_found`, param `role`; `plan_required`.
 */
export async function pickRole(tx: Tx, orgId: string, role: AnyRole, param = "role"): Promise<RoleRef> {
  const builtIn = orgRoles.find((one) => one === role);
  if (builtIn !== undefined) return { role: builtIn, customRoleId: null };
  const { id, base } = await readCustomRole(tx, { orgId, id: role }, param);
  await assertFeature(tx, orgId, "customRoles");
  return { role: base, customRoleId: id };
}

/**
 * Nobody makes a role that may do more than they may, and managing members takes the base that manages members.
 * @throws AppError `insufficient_role`, `invalid_request`, param `permissions`.
 */
export function assertGivable(
  caller: Pick<MemberRights, "scopes">,
  base: OrgRole,
  permissions: readonly Scope[],
): void {
  const missing = permissions.find((scope) => !caller.scopes.has(scope));
  if (missing !== undefined) {
    throw new AppError("insufficient_role", {
      public: `You cannot give the permission ${missing}. Your role does not have it.`,
      param: "permissions",
    });
  }
  if (permissions.includes("members:write") && base !== "admin") {
    throw new AppError("invalid_request", {
      public: "Only a role with the base admin can have members:write.",
      param: "permissions",
    });
  }
}

/** @throws AppError `conflict`, param `name`. */
export async function assertNameFree(
  tx: Tx,
  { orgId, name, id }: { orgId: string; name: string; id?: string },
): Promise<void> {
  const taken = await tx.customRole.count({
    where: {
      orgId,
      name: { equals: name, mode: "insensitive" },
      ...(id !== undefined && { id: { not: id } }),
    },
  });
  const builtIn = orgRoles.some((role) => role === name.toLowerCase());
  if (taken === 0 && !builtIn) return;
  throw new AppError("conflict", { public: "A role with this name exists already.", param: "name" });
}

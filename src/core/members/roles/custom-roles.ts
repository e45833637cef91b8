import { forgetPrincipals } from "../../accounts";
import { recordAuditIn } from "../../audit";
import { assertFeature, readRoles } from "../../orgs";
import { AppError, type Clock, type Db, newId, systemClock, type UserPrincipal } from "../../platform";
import { type ListQuery, readPage } from "../../platform/list";
import { assertMayManage, lockMembers } from "../membership/member-manager";
import { assertGivable, assertNameFree, readCustomRole, roleColumns, viewCustomRole } from "./role-rows";
import {
  type CreateCustomRoleInput,
  type CustomRoleView,
  MAX_CUSTOM_ROLES,
  type UpdateCustomRoleInput,
} from "./role-schemas";
import { narrowKeysToRoles } from "./visibility";

/** Newest first. @throws AppError `invalid_cursor`. */
export async function listCustomRoles(
  db: Db,
  { orgId, input }: { orgId: string; input: ListQuery },
): Promise<{ data: CustomRoleView[]; next_cursor: string | null }> {
  const identity = { list: "roles", owner: orgId };
  const { rows, next_cursor } = await readPage(identity, input, ({ where, order, take }) =>
    db.customRole.findMany({ where: { orgId, ...where }, orderBy: { id: order }, take, select: roleColumns }),
  );
  return { data: rows.map(viewCustomRole), next_cursor };
}

/**
 * Makes a role of the organization's own, never with more than the caller may do.
 * @throws AppError `plan_required`, `insufficient_role`, `conflict` for a name in use or at 50 roles.
 */
export async function createCustomRole(
  db: Db,
  { principal, input }: { principal: UserPrincipal; input: CreateCustomRoleInput },
  clock: Clock = systemClock,
): Promise<CustomRoleView> {
  const { orgId, userId } = principal;
  const now = clock.now();
  const id = newId(now);
  return await db.$transaction(async (tx) => {
    const caller = await lockMembers(tx, principal);
    assertMayManage(caller, []);
    await assertFeature(tx, orgId, "customRoles");
    assertGivable(caller, input.base, input.permissions);
    await assertNameFree(tx, { orgId, name: input.name });
    if ((await tx.customRole.count({ where: { orgId } })) >= MAX_CUSTOM_ROLES) {
      throw new AppError("conflict", {
        public: `An organization can have ${MAX_CUSTOM_ROLES} roles of its own. Delete one first.`,
      });
    }
    const row = await tx.customRole.create({
      data: { id, orgId, ...input, createdBy: userId, createdAt: now, updatedAt: now },
      select: roleColumns,
    });
    await recordAuditIn(tx, {
      orgId,
      actor: { type: "user", id: userId },
      action: "role.created",
      target: { type: "role", id },
      details: { name: input.name, base: input.base, permissions: input.permissions.join(" ") },
    });
    return viewCustomRole(row);
  });
}

/**
 * Changes name or permissions, for its members everywhere within five seconds. Their keys that may do more than the role allows now are
 * narrowed in the same commit. Its base never changes.
 * @throws AppError `not_found`, `plan_required` to add permissions, `insufficient_role`, `conflict` for a name in use.
 */
export async function updateCustomRole(
  db: Db,
  { principal, input }: { principal: UserPrincipal; input: UpdateCustomRoleInput },
  clock: Clock = systemClock,
): Promise<CustomRoleView> {
  const { orgId, userId } = principal;
  const { id, name, permissions } = input;
  const now = clock.now();
  const { row, keys } = await db.$transaction(async (tx) => {
    const caller = await lockMembers(tx, principal);
    const before = await readCustomRole(tx, { orgId, id });
    assertMayManage(caller, [(await readRoles(tx, { orgId }))({ role: before.base, customRoleId: id })]);
    if (name !== undefined) await assertNameFree(tx, { orgId, name, id });
    if (permissions !== undefined) {
      assertGivable(caller, before.base, permissions);
      const added = permissions.some((scope) => !before.permissions.includes(scope));
      if (added) await assertFeature(tx, orgId, "customRoles");
    }
    const after = await tx.customRole.update({
      where: { id, orgId },
      data: { ...(name !== undefined && { name }), ...(permissions && { permissions }), updatedAt: now },
      select: roleColumns,
    });
    const by = { userId, ...caller };
    const settled = await narrowKeysToRoles(tx, { orgId, by, now, customRoleId: id });
    const entries = settled.flatMap((one) => one.entries);
    await recordAuditIn(tx, ...entries, {
      orgId,
      actor: { type: "user", id: userId },
      action: "role.updated",
      target: { type: "role", id },
      details: {
        name: after.name,
        from: before.permissions.join(" "),
        permissions: after.permissions.join(" "),
        keys_narrowed: entries.length,
      },
    });
    return { row: after, keys: settled };
  });
  for (const { forget } of keys) forget();
  const members = await db.membership.findMany({
    where: { orgId, customRoleId: id },
    select: { userId: true },
  });
  for (const member of members) forgetPrincipals(member.userId);
  return viewCustomRole(row);
}

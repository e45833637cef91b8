import { forgetPrincipalsIn } from "../../accounts";
import { recordAuditIn } from "../../audit";
import { assertMayManage, pickRole } from "../../members";
import { readMemberRights, readRoles } from "../../orgs";
import {
  AppError,
  type Clock,
  type Db,
  type DbOrTx,
  type OrgRole,
  systemClock,
  toPublicId,
  type UserPrincipal,
} from "../../platform";
import { type ListQuery, readPage } from "../../platform/list";
import { changeCompany } from "../change-company";
import { applyRoles } from "./apply-roles";
import { memberIds, readGroupRow } from "./group-rows";
import type { DirectoryGroupList, DirectoryGroupView, SetGroupRoleInput } from "./schemas";

const shownColumns = {
  id: true,
  createdAt: true,
  displayName: true,
  role: true,
  customRole: { select: { id: true, name: true, base: true } },
  _count: { select: { members: true } },
} as const;

interface ShownRow {
  id: string;
  displayName: string;
  role: OrgRole | null;
  customRole: { id: string; name: string; base: OrgRole } | null;
  _count: { members: number };
}

/** The directory's groups and the roles that they stand for, newest first. @throws AppError `invalid_cursor`. */
export async function listGroupRoles(
  db: Db,
  { orgId, input }: { orgId: string; input: ListQuery },
): Promise<DirectoryGroupList> {
  const { rows, next_cursor } = await readPage(
    { list: "directory groups", owner: orgId },
    input,
    ({ where, order, take }) =>
      db.directoryGroup.findMany({
        where: { orgId, ...where },
        orderBy: { id: order },
        take,
        select: shownColumns,
      }),
  );
  return { data: rows.map(viewGroup), next_cursor };
}

/**
 * Says which role a group of the directory stands for, or none. Its members have the role of their groups from then on.
 * @throws AppError `insufficient_role` for owner, and for a role that may do more than the caller; `plan_required`, `not_found`.
 */
export async function setGroupRole(
  db: Db,
  { principal, input }: { principal: UserPrincipal; input: SetGroupRoleInput },
  clock: Clock = systemClock,
): Promise<DirectoryGroupView> {
  const { orgId, userId } = principal;
  const { id, role } = input;
  const withoutPlan = role === null;
  const settled = await changeCompany(db, { principal, withoutPlan }, async (tx) => {
    const before = await readGroupRow(tx, { orgId, id });
    const next = role === null ? null : await pickRole(tx, orgId, role);
    if (next?.role === "owner") {
      throw new AppError("insufficient_role", {
        public: "A group cannot make owners. Choose another role.",
        param: "role",
      });
    }
    const caller = await readMemberRights(tx, { orgId, userId });
    if (caller === null) throw new Error("the caller is a member: their row is locked");
    const rightsOf = await readRoles(tx, { orgId });
    const present = await mappedTo(tx, before);
    const concerned = [present, next].filter((one) => one !== null);
    assertMayManage(caller, concerned.map(rightsOf));
    const custom = next?.customRoleId ?? null;
    await tx.directoryGroup.update({
      where: { id, orgId },
      data: { role: custom === null ? (next?.role ?? null) : null, customRoleId: custom },
    });
    const ids = await memberIds(tx, id);
    const done = await applyRoles(tx, { orgId, ids, now: clock.now() });
    await recordAuditIn(tx, ...done.entries, {
      orgId,
      actor: { type: "user", id: userId },
      action: "directory.group_role_set",
      target: { type: "directory_group", id },
      details: { role: next === null ? null : rightsOf(next).name, members: ids.length },
    });
    return done;
  });
  settled.afterCommit(db);
  forgetPrincipalsIn(orgId);
  return viewGroup(await db.directoryGroup.findUniqueOrThrow({ where: { id, orgId }, select: shownColumns }));
}

async function mappedTo(
  db: DbOrTx,
  { role, customRoleId }: { role: OrgRole | null; customRoleId: string | null },
) {
  if (role !== null) return { role, customRoleId: null };
  const custom =
    customRoleId === null
      ? null
      : await db.customRole.findUnique({ where: { id: customRoleId }, select: { base: true } });
  return custom === null ? null : { role: custom.base, customRoleId };
}

function viewGroup({ id, displayName, role, customRole, _count }: ShownRow): DirectoryGroupView {
  return {
    id: toPublicId("dgr", id),
    name: displayName,
    members: _count.members,
    role: role ?? customRole?.base ?? null,
    custom_role: customRole && { id: toPublicId("rol", customRole.id), name: customRole.name },
  };
}

import { AppError, type DbOrTx, type OrgRole, type Tx, toPublicId } from "../../platform";

export interface DirectoryGroupInput {
  displayName: string;
  externalId: string | null;
  /** IDs of people of the directory. */
  members: readonly string[];
}

/** A change of who is in a group, in the order in which the directory sent them. */
export type MemberStep = { kind: "add" | "remove" | "set"; members: readonly string[] };

export interface GroupChange {
  displayName?: string;
  externalId?: string | null;
  steps: readonly MemberStep[];
}

export interface DirectoryGroupResource {
  id: string;
  displayName: string;
  externalId: string | null;
  /** Undefined where nobody asked for them. */
  members: string[] | undefined;
  createdAt: Date;
  updatedAt: Date;
}

export const MAX_GROUPS = 500;
export const MAX_GROUP_MEMBERS = 5_000;

export interface GroupRow {
  id: string;
  displayName: string;
  externalId: string | null;
  role: OrgRole | null;
  customRoleId: string | null;
  createdAt: Date;
  updatedAt: Date;
}

export const groupColumns = {
  id: true,
  displayName: true,
  externalId: true,
  role: true,
  customRoleId: true,
  createdAt: true,
  updatedAt: true,
} as const satisfies Record<keyof GroupRow, true>;

export const isMapped = ({ role, customRoleId }: Pick<GroupRow, "role" | "customRoleId">) =>
  role !== null || customRoleId !== null;

/** @throws AppError `not_found`, also for another organization's. */
export async function readGroupRow(
  db: DbOrTx,
  { orgId, id }: { orgId: string; id: string },
): Promise<GroupRow> {
  const row = await db.directoryGroup.findUnique({ where: { id, orgId }, select: groupColumns });
  if (row !== null) return row;
  throw new AppError("not_found", { public: "Group not found.", param: "id" });
}

export async function viewGroups(
  db: DbOrTx,
  rows: readonly GroupRow[],
  { withMembers }: { withMembers: boolean },
): Promise<DirectoryGroupResource[]> {
  const links = withMembers
    ? await db.directoryGroupMember.findMany({
        where: { groupId: { in: rows.map(({ id }) => id) } },
        orderBy: { directoryUserId: "asc" },
      })
    : [];
  const byGroup = new Map<string, string[]>();
  for (const { groupId, directoryUserId } of links) {
    const listed = byGroup.get(groupId) ?? [];
    listed.push(toPublicId("dus", directoryUserId));
    byGroup.set(groupId, listed);
  }
  return rows.map(({ id, displayName, externalId, createdAt, updatedAt }) => ({
    id: toPublicId("dgr", id),
    displayName,
    externalId,
    members: withMembers ? (byGroup.get(id) ?? []) : undefined,
    createdAt,
    updatedAt,
  }));
}

/** When a group was changed last: later than any time before, so that it tells versions apart. */
export function changedAt(before: Date, now: Date): Date {
  return new Date(Math.max(now.getTime(), before.getTime() + 1));
}

/** Groups that somebody leaves by being deleted are changed ones. */
export async function touchGroupsOf(tx: Tx, { id, now }: { id: string; now: Date }): Promise<void> {
  await tx.$executeRaw`
    UPDATE directory_groups SET updated_at = greatest(${now}::timestamptz, updated_at + interval '1 millisecond')
    WHERE id IN (SELECT group_id FROM directory_group_members WHERE directory_user_id = ${id}::uuid)`;
}

export async function memberIds(db: DbOrTx, groupId: string): Promise<string[]> {
  const links = await db.directoryGroupMember.findMany({
    where: { groupId },
    select: { directoryUserId: true },
  });
  return links.map(({ directoryUserId }) => directoryUserId);
}

/** For an ID that is no directory user's, whichever form it has. */
export function memberNotInDirectory(): AppError {
  return new AppError("invalid_request", {
    public: "members: names a user who is not in your directory here.",
    param: "members",
  });
}

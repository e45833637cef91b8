import type { Db } from "../../platform";
import { type DirectoryGroupResource, groupColumns, viewGroups } from "./group-rows";
import type { PageOf, PageOfAll } from "./list-users";

/** What a list is narrowed to. Everything that is said has to hold; null: an id that is none of ours. */
export interface GroupFilter {
  id?: string | null;
  displayName?: string;
  externalId?: string;
  member?: string | null;
}

/** By when they were added. */
export async function listDirectoryGroups(
  db: Db,
  {
    principal: { orgId },
    filter: { id, displayName, externalId, member },
    startIndex,
    count,
    withMembers,
  }: PageOf<GroupFilter> & { withMembers: boolean },
): Promise<PageOfAll<DirectoryGroupResource>> {
  if (id === null || member === null) return { total: 0, items: [] };
  const where = {
    orgId,
    ...(id !== undefined && { id }),
    ...(displayName !== undefined && { displayName }),
    ...(externalId !== undefined && { externalId }),
    ...(member !== undefined && { members: { some: { directoryUserId: member } } }),
  };
  const total = await db.directoryGroup.count({ where });
  const rows = await db.directoryGroup.findMany({
    where,
    orderBy: { id: "asc" },
    skip: startIndex - 1,
    take: count,
    select: groupColumns,
  });
  return { total, items: await viewGroups(db, rows, { withMembers }) };
}

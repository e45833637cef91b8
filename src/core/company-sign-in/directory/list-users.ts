import { emailIndexes } from "../../accounts";
import type { Db } from "../../platform";
import type { DirectoryPrincipal } from "./tokens/directory-principal";
import {
  type DirectoryUserView,
  externalIdIndexes,
  userColumns,
  userNameIndexes,
  viewUsers,
} from "./user-rows";

/** What a list is narrowed to. Everything that is said has to hold. */
export interface UserFilter {
  /** Null: an id that is none of ours. */
  id?: string | null;
  userName?: string;
  externalId?: string;
  email?: string;
  active?: boolean;
}

/** How a directory pages (RFC 7644 §3.4.2.4). */
export interface PageOf<Filter> {
  principal: DirectoryPrincipal;
  filter: Filter;
  /** From one. */
  startIndex: number;
  count: number;
}

export interface PageOfAll<View> {
  total: number;
  items: View[];
}

/** By when they were added. */
export async function listDirectoryUsers(
  db: Db,
  { principal: { orgId }, filter, startIndex, count }: PageOf<UserFilter>,
): Promise<PageOfAll<DirectoryUserView>> {
  if (filter.id === null) return { total: 0, items: [] };
  const where = {
    orgId,
    ...(filter.id !== undefined && { id: filter.id }),
    ...(filter.userName !== undefined && { userNameIndex: { in: userNameIndexes(orgId, filter.userName) } }),
    ...(filter.externalId !== undefined && {
      externalIdIndex: { in: externalIdIndexes(orgId, filter.externalId) },
    }),
    ...(filter.email !== undefined && { emailIndex: { in: emailIndexes(filter.email) } }),
    ...(filter.active !== undefined && { active: filter.active }),
  };
  const total = await db.directoryUser.count({ where });
  const rows =
    count === 0 || startIndex > total
      ? []
      : await db.directoryUser.findMany({
          where,
          orderBy: { id: "asc" },
          skip: startIndex - 1,
          take: count,
          select: userColumns,
        });
  return { total, items: await viewUsers(db, orgId, rows) };
}

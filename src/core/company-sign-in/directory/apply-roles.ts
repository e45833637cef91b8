import { changeRoleByDirectory, type SettledByDirectory } from "../../members";
import type { KeyedTx } from "../../privacy";
import { roleOfGroups } from "./group-roles";

/**
 * Gives people of the directory the role that their groups stand for now. The caller has locked the members, and records
 * `entries` last.
 */
export async function applyRoles(
  tx: KeyedTx,
  { orgId, ids, now }: { orgId: string; ids: Iterable<string>; now: Date },
): Promise<SettledByDirectory> {
  const people = await tx.directoryUser.findMany({
    where: { orgId, id: { in: [...new Set(ids)] }, active: true, userId: { not: null } },
    orderBy: { id: "asc" },
    select: { id: true, userId: true },
  });
  const all: SettledByDirectory[] = [];
  for (const { id, userId } of people) {
    if (userId === null) continue;
    const next = await roleOfGroups(tx, { orgId, id });
    all.push(await changeRoleByDirectory(tx, { orgId, userId, now, next }));
  }
  return {
    entries: all.flatMap(({ entries }) => entries),
    afterCommit: (db) => {
      for (const { afterCommit } of all) afterCommit(db);
    },
  };
}

import { forgetPrincipals } from "../../accounts";
import { type AuditEntry, recordAuditIn } from "../../audit";
import { type SettledKeys, settleKeysOfMember } from "../../keys";
import { orgNotFound, readRoles } from "../../orgs";
import { type Clock, type Db, systemClock, type Tx, type UserPrincipal } from "../../platform";
import { assertMayManage, lockMembers } from "../membership/member-manager";
import type { UpdateVisibilityInput, VisibilityView } from "../schemas";

/** Whose requests and usage the organization's developers see. @throws AppError `not_found`. */
export async function getVisibility(db: Db, { orgId }: { orgId: string }): Promise<VisibilityView> {
  const org = await db.organization.findUnique({
    where: { id: orgId, deletedAt: null },
    select: { developersSeeAll: true },
  });
  if (org === null) throw orgNotFound();
  return { developers_see: org.developersSeeAll ? "all" : "own" };
}

/**
 * Changes it, everywhere within five seconds. With `own`, keys that developers made lose `requests:read_all` in the same commit: a
 * key is no way around.
 * @throws AppError `insufficient_role`.
 */
export async function updateVisibility(
  db: Db,
  { principal, input }: { principal: UserPrincipal; input: UpdateVisibilityInput },
  clock: Clock = systemClock,
): Promise<VisibilityView> {
  const { orgId, userId } = principal;
  const developersSeeAll = input.developers_see === "all";
  const settled = await db.$transaction(async (tx) => {
    const caller = await lockMembers(tx, principal);
    assertMayManage(caller, []);
    const now = clock.now();
    const { count } = await tx.organization.updateMany({
      where: { id: orgId, developersSeeAll: !developersSeeAll },
      data: { developersSeeAll, updatedAt: now },
    });
    if (count === 0) return [];
    const keys = await narrowKeysToRoles(tx, { orgId, by: { userId, ...caller }, now });
    const entries = keys.flatMap((one): AuditEntry[] => one.entries);
    await recordAuditIn(tx, ...entries, {
      orgId,
      actor: { type: "user", id: userId },
      action: "org.updated",
      target: { type: "organization", id: orgId },
      details: { changed: "developers_see", to: input.developers_see, keys_narrowed: entries.length },
    });
    return keys;
  });
  for (const { forget } of settled) forget();
  const members = await db.membership.findMany({ where: { orgId }, select: { userId: true } });
  for (const member of members) forgetPrincipals(member.userId);
  return input;
}

/** Every key of the organization, to what the role of the member behind it allows now. The caller has locked the members. */
export async function narrowKeysToRoles(
  tx: Tx,
  {
    orgId,
    by,
    now,
    customRoleId,
  }: {
    orgId: string;
    by: Parameters<typeof settleKeysOfMember>[1]["by"];
    now: Date;
    /** Of the members with this role alone. */
    customRoleId?: string;
  },
): Promise<SettledKeys[]> {
  const rightsOf = await readRoles(tx, { orgId });
  const members = await tx.membership.findMany({
    where: { orgId, ...(customRoleId !== undefined && { customRoleId }) },
    orderBy: { userId: "asc" },
  });
  const settled: SettledKeys[] = [];
  for (const member of members) {
    const rights = rightsOf(member);
    settled.push(
      await settleKeysOfMember(tx, {
        orgId,
        userId: member.userId,
        rights,
        by,
        disposition: "narrow",
        now,
      }),
    );
  }
  return settled;
}

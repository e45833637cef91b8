import {
  createUser,
  domainOf,
  findAccountByEmail,
  forgetPrincipals,
  getUserEmail,
  proveByCompany,
  userSubject,
} from "../../accounts";
import { recordAuditIn } from "../../audit";
import { revokeKeysAndInvitations } from "../../members";
import { orgSubject } from "../../orgs";
import { AppError, type Clock, type Db } from "../../platform";
import { type KeyedTx, transactWithKeys } from "../../privacy";
import { verifiedDomains } from "../connection/connection-rows";
import { insertMember, lockLiving } from "../sign-in/join-company";
import { roleOfGroups } from "./group-roles";
import type { DirectoryProfile } from "./user-rows";

interface Admit {
  orgId: string;
  /** Of the row in the directory. */
  id: string;
  profile: DirectoryProfile;
}

/**
 * Makes a person of the directory a member: with the account of that address, else with a new one. That opens no more than the
 * mailbox does, which is the company's; an account whose address was never proven starts anew, as at a sign-in (ADR 70).
 * @throws AppError `email_taken`, `conflict`, `not_found`.
 */
export async function admitUser(db: Db, { orgId, id, profile }: Admit, clock: Clock): Promise<void> {
  const row = await db.directoryUser.findUnique({ where: { id, orgId }, select: { userId: true } });
  const userId = row?.userId ?? (await findAccountByEmail(db, profile.email));
  if (userId === null) {
    const { email } = profile;
    const account = { email, name: nameOf(profile), passwordHash: null, emailVerified: true };
    await createUser(
      db,
      account,
      async (tx, created) => {
        await recordAuditIn(tx, ...(await enter(tx, { orgId, id, userId: created.userId }, clock)), {
          orgId,
          actor: { type: "user", id: created.userId },
          action: "auth.registered",
          target: { type: "user", id: created.userId },
          details: { method: "directory" },
        });
      },
      clock,
    );
    return;
  }
  if (row?.userId !== undefined && row.userId !== null) await assertStillTheirs(db, { orgId, userId });
  const subjects = [userSubject(userId), orgSubject(orgId)];
  const proven = await transactWithKeys(db, subjects, async (tx) => {
    const proof = await proveByCompany(tx, { userId, orgId, revokeKeysAndInvitations }, clock);
    await recordAuditIn(tx, ...proof.entries, ...(await enter(tx, { orgId, id, userId }, clock)));
    return proof;
  });
  proven.afterCommit(db);
  forgetPrincipals(userId);
}

async function enter(
  tx: KeyedTx,
  { orgId, id, userId }: { orgId: string; id: string; userId: string },
  clock: Clock,
) {
  await lockLiving(tx, orgId);
  const { count } = await tx.directoryUser.updateMany({
    where: { id, orgId, OR: [{ userId: null }, { userId }] },
    data: { userId, active: true, updatedAt: clock.now() },
  });
  if (count === 0) throw new AppError("not_found", { public: "User not found.", param: "id" });
  const role = await roleOfGroups(tx, { orgId, id });
  const target = { type: "directory_user", id } as const;
  return await insertMember(tx, { orgId, userId, role, by: "directory", target }, clock);
}

/** Its owner may have taken the account to another address since. */
async function assertStillTheirs(
  db: Db,
  { orgId, userId }: { orgId: string; userId: string },
): Promise<void> {
  const email = await getUserEmail(db, userId);
  if (email !== undefined && (await verifiedDomains(db, orgId)).has(domainOf(email))) return;
  throw new AppError("conflict", {
    public:
      "This person’s account no longer has an address of your domains. Delete the user and add them again.",
    param: "active",
  });
}

/** One line within our limits. */
function nameOf({ displayName, givenName, familyName, email }: DirectoryProfile): string {
  const full = [givenName, familyName].filter(Boolean).join(" ");
  const name = (displayName || full)
    .replace(/[\p{Cc}\u2028\u2029]/gu, " ")
    .toWellFormed()
    .trim()
    .slice(0, 120)
    .toWellFormed();
  return name || email.slice(0, email.length - domainOf(email).length - 1) || email;
}

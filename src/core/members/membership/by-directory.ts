import { emailMember, forgetPrincipals, revokeSessionsOfCompany } from "../../accounts";
import type { AuditEntry } from "../../audit";
import { type RoleRef, readOrgName, readRoles } from "../../orgs";
import { AppError, type Db } from "../../platform";
import { afterResponse } from "../../platform/concurrency/after-response";
import type { KeyedTx } from "../../privacy";
import { announceIn } from "../../webhooks";
import { endMembership, type PreparedPersonalOrgs } from "./end-membership";
import { keysSettledEmail } from "./key-emails";
import { settledDetails, settleRole } from "./settle-role";

/** Who is concerned, in the organization whose members the caller has locked. */
interface OfDirectory {
  orgId: string;
  userId: string;
  now: Date;
}

export interface SettledByDirectory {
  /** To be recorded at the end of the transaction, because the audit chain is locked last. */
  entries: AuditEntry[];
  /** To be called after the commit, so that it holds in this process at once. */
  afterCommit: (db: Db) => void;
}

const bySystem = { type: "system", id: null } as const;
const unchanged: SettledByDirectory = { entries: [], afterCommit: () => {} };

/**
 * Ends a membership because the company's directory says so: with it end the sessions that act there or that the company signed
 * in, the keys the person made, their invitations, and what they granted apps. Nothing happens to somebody who is no member.
 * @throws AppError `insufficient_role` for an owner: whoever controls a directory must not take an organization from its owners.
 */
export async function endMembershipByDirectory(
  tx: KeyedTx,
  { orgId, userId, now, personalOrgs }: OfDirectory & { personalOrgs: PreparedPersonalOrgs },
): Promise<SettledByDirectory> {
  const member = await tx.membership.findUnique({
    where: { orgId_userId: { orgId, userId } },
    select: { role: true },
  });
  if (member === null) return unchanged;
  if (member.role === "owner") {
    throw new AppError("insufficient_role", {
      public: "This person owns the organization. Give them another role in AgathaAI first.",
      param: "active",
    });
  }
  const done = await settleRole(tx, { orgId, userId, rights: null, by: null, disposition: "end", now });
  const sessions = await revokeSessionsOfCompany(tx, { orgId, userId, now });
  await endMembership(tx, { orgId, userId, personalOrgs });
  const entry: AuditEntry = {
    orgId,
    actor: bySystem,
    action: "member.removed",
    target: { type: "user", id: userId },
    details: { by: "directory", sessions, ...settledDetails(done) },
  };
  await announceIn(tx, entry);
  const email = keysSettledEmail({ organization: await readOrgName(tx, orgId), role: null, keys: done.keys });
  return {
    entries: [...done.entries, entry],
    afterCommit: (db) => {
      done.keys.forget();
      forgetPrincipals(userId);
      if (email !== null)
        afterResponse("keys of a deprovisioned member", () => emailMember(db, { orgId, userId }, email));
    },
  };
}

/** Gives a member the role that their groups in the directory stand for. Owners keep theirs, and strangers get none. */
export async function changeRoleByDirectory(
  tx: KeyedTx,
  { orgId, userId, now, next }: OfDirectory & { next: RoleRef },
): Promise<SettledByDirectory> {
  const member = await tx.membership.findUnique({ where: { orgId_userId: { orgId, userId } } });
  if (member === null || member.role === "owner") return unchanged;
  if (member.role === next.role && member.customRoleId === next.customRoleId) return unchanged;
  const rightsOf = await readRoles(tx, { orgId });
  const [before, rights] = [rightsOf(member), rightsOf(next)];
  await tx.membership.update({ where: { orgId_userId: { orgId, userId } }, data: next });
  const done = await settleRole(tx, { orgId, userId, rights, by: null, disposition: "narrow", now });
  const entry: AuditEntry = {
    orgId,
    actor: bySystem,
    action: "member.role_changed",
    target: { type: "user", id: userId },
    details: { from: before.name, to: rights.name, by: "directory", ...settledDetails(done) },
  };
  const email = keysSettledEmail({
    organization: await readOrgName(tx, orgId),
    role: rights.name,
    keys: done.keys,
  });
  return {
    entries: [...done.entries, entry],
    afterCommit: (db) => {
      done.keys.forget();
      forgetPrincipals(userId);
      if (email !== null)
        afterResponse("keys of a member with a new role", () => emailMember(db, { orgId, userId }, email));
    },
  };
}

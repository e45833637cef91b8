import { decryptPeople } from "../../accounts";
import { countKeysOfMembers, noKeys } from "../../keys";
import { type MemberRights, orgSubject, readRoles } from "../../orgs";
import { type Clock, type Db, systemClock, toPublicId, type UserPrincipal } from "../../platform";
import { asOrganization } from "../../platform/db/as-organization";
import { decryptTexts } from "../../privacy";
import { invitationEmailField } from "../invitations/get-invitation";
import type { MemberListView } from "../schemas";

/** Members by when they joined, and the pending or expired invitations, newest first. */
export async function listMembers(
  db: Db,
  { orgId, userId }: UserPrincipal,
  clock: Clock = systemClock,
): Promise<MemberListView> {
  const [memberships, invitations] = await asOrganization(db, orgId, async (tx) => [
    await tx.membership.findMany({ where: { orgId }, orderBy: [{ createdAt: "asc" }, { userId: "asc" }] }),
    await tx.invitation.findMany({
      where: { orgId, acceptedAt: null, revokedAt: null },
      orderBy: { id: "desc" },
      take: 200,
    }),
  ]);
  const keys = await countKeysOfMembers(db, { orgId, now: clock.now() });
  const rightsOf = await readRoles(db, { orgId });
  const managed = await managedByDirectory(db, orgId);
  const people = await decryptPeople(db, [
    ...memberships.map((member) => member.userId),
    ...invitations.map((invitation) => invitation.invitedBy),
  ]);
  const emails = await decryptTexts(
    db,
    invitations.map(({ id, emailCipher }) => ({
      subject: orgSubject(orgId),
      field: invitationEmailField(id),
      blob: emailCipher,
    })),
  );
  return {
    members: memberships.flatMap((member) => {
      const person = people.get(member.userId);
      if (person === undefined) return [];
      const { all, beyond } = keys.get(member.userId) ?? noKeys();
      return {
        user_id: toPublicId("usr", member.userId),
        name: person.name,
        email: person.email,
        role: member.role,
        custom_role: nameOfCustomRole(rightsOf(member)),
        joined_at: member.createdAt.toISOString(),
        self: member.userId === userId,
        managed: managed.has(member.userId),
        keys: all,
        keys_beyond: beyond,
      };
    }),
    invitations: invitations.map((invitation, index) => ({
      id: toPublicId("inv", invitation.id),
      email: emails[index] ?? "",
      role: invitation.role,
      custom_role: nameOfCustomRole(rightsOf(invitation)),
      invited_by: people.get(invitation.invitedBy)?.name ?? null,
      status: invitation.expiresAt > clock.now() ? "pending" : "expired",
      created_at: invitation.createdAt.toISOString(),
      expires_at: invitation.expiresAt.toISOString(),
    })),
  };
}

async function managedByDirectory(db: Db, orgId: string): Promise<ReadonlySet<string | null>> {
  const rows = await db.directoryUser.findMany({ where: { orgId, active: true }, select: { userId: true } });
  return new Set(rows.map(({ userId }) => userId));
}

export function nameOfCustomRole({ customRoleId, name }: MemberRights): { id: string; name: string } | null {
  return customRoleId === null ? null : { id: toPublicId("rol", customRoleId), name };
}

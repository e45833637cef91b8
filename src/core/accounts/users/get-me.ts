import { orgColumns, orgNameField, orgSubject, readMemberRights, toOrgView } from "../../orgs";
import { AppError, type DbOrTx, scopes, toPublicId } from "../../platform";
import type { Prisma } from "../../platform/db/client";
import { decryptTexts, type KeySource } from "../../privacy";
import type { MeView } from "../schemas";
import { emailField, nameField, userSubject } from "./user-fields";

const shown = {
  orgId: true,
  role: true,
  user: {
    select: {
      id: true,
      emailCipher: true,
      nameCipher: true,
      emailVerifiedAt: true,
      role: true,
      createdAt: true,
    },
  },
  organization: { select: orgColumns },
} as const;

/** The user's personal organization first, then the others by when they joined. */
const defaultOrgFirst = [
  { organization: { personal: "desc" } },
  { createdAt: "asc" },
  { orgId: "asc" },
] as const satisfies Prisma.MembershipOrderByWithRelationInput[];

export interface Me {
  orgId: string;
  view: MeView;
}

/**
 * The user and the organization they act in.
 * @throws AppError `not_found` when the user is not a member, or either is deleted.
 */
export async function getMe(
  db: KeySource,
  { userId, orgId }: { userId: string; orgId: string },
): Promise<MeView> {
  const me = await loadMe(db, { userId, orgId });
  if (me === undefined) throw new AppError("not_found", { public: "Account not found." });
  return me.view;
}

/** `getMe` without the throw. Without `orgId` it takes the default organization (`defaultOrgOf`). */
export async function loadMe(
  db: KeySource,
  { userId, orgId }: { userId: string; orgId?: string | undefined },
): Promise<Me | undefined> {
  const membership = await db.membership.findFirst({
    where: {
      userId,
      ...(orgId === undefined ? {} : { orgId }),
      user: { deletedAt: null },
      organization: { deletedAt: null },
    },
    orderBy: [...defaultOrgFirst],
    select: shown,
  });
  if (membership === null) return undefined;
  const { user, organization } = membership;
  const [email = "", name = "", orgName = ""] = await decryptTexts(db, [
    { subject: userSubject(user.id), field: emailField(user.id), blob: user.emailCipher },
    { subject: userSubject(user.id), field: nameField(user.id), blob: user.nameCipher },
    {
      subject: orgSubject(organization.id),
      field: orgNameField(organization.id),
      blob: organization.nameCipher,
    },
  ]);
  const rights = await readMemberRights(db, { orgId: organization.id, userId: user.id });
  return {
    orgId: organization.id,
    view: {
      user: {
        id: toPublicId("usr", user.id),
        email,
        name,
        email_verified: user.emailVerifiedAt !== null,
        role: user.role,
        created_at: user.createdAt.toISOString(),
      },
      organization: toOrgView(organization, orgName, membership.role),
      scopes: scopes.filter((scope) => rights?.scopes.has(scope)),
    },
  };
}

/** The organization in whose audit log a user's own actions are recorded: the personal one, or else the first joined. */
export async function defaultOrgOf(db: DbOrTx, userId: string): Promise<string | null> {
  const membership = await db.membership.findFirst({
    where: { userId },
    orderBy: [...defaultOrgFirst],
    select: { orgId: true },
  });
  return membership?.orgId ?? null;
}

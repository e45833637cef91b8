import { orgNameField, orgSubject, scopesOfRole, toOrgView } from "../../orgs";
import { AppError } from "../../platform/errors";
import { toPublicId } from "../../platform/ids";
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
  organization: {
    select: {
      id: true,
      nameCipher: true,
      personal: true,
      createdAt: true,
      subscription: { select: { plan: true } },
    },
  },
} as const;

export interface Me {
  orgId: string;
  view: MeView;
}

/**
 * The person and the organization they act in.
 * @throws AppError `not_found` when the person is not a member of it, or either is gone.
 */
export async function getMe(
  db: KeySource,
  { userId, orgId }: { userId: string; orgId: string },
): Promise<MeView> {
  const me = await loadMe(db, { userId, orgId });
  if (me === undefined) throw new AppError("not_found", { public: "There is no such account." });
  return me.view;
}

/** As `getMe` without the throw; with no organization named, the person's own, or else the one joined first. */
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
    orderBy: [{ organization: { personal: "desc" } }, { createdAt: "asc" }, { orgId: "asc" }],
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
      scopes: [...scopesOfRole[membership.role]],
    },
  };
}

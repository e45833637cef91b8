import { AppError } from "../platform/errors";
import { decryptText, decryptTexts, type KeySource } from "../privacy";
import { orgNameField, orgSubject } from "./org-name";
import type { OrgView } from "./schemas";
import { toOrgView } from "./to-org-view";

/** @throws AppError `not_found`. */
export async function readOrgName(db: KeySource, orgId: string): Promise<string> {
  const org = await db.organization.findUnique({ where: { id: orgId }, select: { nameCipher: true } });
  if (org === null) throw orgNotFound();
  return await decryptText(db, orgSubject(orgId), orgNameField(orgId), org.nameCipher);
}

export function decryptOrgNames(
  db: KeySource,
  orgs: readonly { id: string; nameCipher: Uint8Array }[],
): Promise<string[]> {
  return decryptTexts(
    db,
    orgs.map(({ id, nameCipher }) => ({
      subject: orgSubject(id),
      field: orgNameField(id),
      blob: nameCipher,
    })),
  );
}

/** An organization as this member sees it. @throws AppError `not_found` for those who are not. */
export async function readOrgView(
  db: KeySource,
  { orgId, userId }: { orgId: string; userId: string },
): Promise<OrgView> {
  const membership = await db.membership.findUnique({
    where: { orgId_userId: { orgId, userId }, organization: { deletedAt: null } },
    select: {
      role: true,
      organization: {
        select: {
          id: true,
          nameCipher: true,
          personal: true,
          createdAt: true,
          subscription: { select: { plan: true } },
        },
      },
    },
  });
  if (membership === null) throw orgNotFound();
  const [name = ""] = await decryptOrgNames(db, [membership.organization]);
  return toOrgView(membership.organization, name, membership.role);
}

function orgNotFound(): AppError {
  return new AppError("not_found", {
    public: "There is no such organization, or you are not its member.",
    param: "organization_id",
  });
}

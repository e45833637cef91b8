import { AppError } from "../platform";
import { decryptText, decryptTexts, type FieldRef, type KeySource, type Subject } from "../privacy";

export const orgSubject = (orgId: string): Subject => ({ type: "org", id: orgId });

export const orgNameField = (orgId: string): FieldRef => ({
  table: "organizations",
  column: "name_cipher",
  rowId: orgId,
});

/** @throws AppError `not_found`. */
export async function readOrgName(db: KeySource, orgId: string): Promise<string> {
  const org = await db.organization.findUnique({ where: { id: orgId }, select: { nameCipher: true } });
  if (org === null) throw orgNotFound();
  return await decryptText(db, orgSubject(orgId), orgNameField(orgId), org.nameCipher);
}

/** The names of many organizations, in their order, with one query at most. */
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

/**
 * Actions that cannot be undone ask the caller to type the organization's name: that confirms the intent, and that it
 * is the organization they meant. Returns the name.
 * @throws AppError `invalid_request`.
 */
export async function assertOrgNameTyped(
  db: KeySource,
  { orgId, typed }: { orgId: string; typed: string },
): Promise<string> {
  const name = await readOrgName(db, orgId);
  if (typed.trim() === name) return name;
  throw new AppError("invalid_request", {
    public: "This is not the organization’s name. Type it exactly as shown.",
    param: "organization_name",
  });
}

export function orgNotFound(): AppError {
  return new AppError("not_found", {
    public: "Organization not found. It may not exist, or you are not a member of it.",
    param: "organization_id",
  });
}

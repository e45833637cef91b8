import { emailIndexes, emailSchema } from "../../accounts";
import { AppError, type DbOrTx, fromPublicId, type Suspension } from "../../platform";

/** What is suspended or reinstated. */
export interface Subject {
  of: Suspension["of"];
  id: string;
  /**
   * The organization in whose audit log it is recorded; null for an account, which belongs to no single organization.
   */
  orgId: string | null;
  suspended: boolean;
}

const stored = { id: true, suspendedAt: true } as const;

/**
 * Finds an account, an organization or a key by its ID, and an account also by its full email address, which is encrypted.
 * @throws AppError `invalid_request` for text that is neither, `invalid_id`, `not_found`; param `subject`.
 */
export async function findSubject(db: DbOrTx, text: string): Promise<Subject> {
  if (text.startsWith("org_")) {
    const id = fromPublicId("org", text, "subject");
    const org = await db.organization.findUnique({ where: { id, deletedAt: null }, select: stored });
    if (org === null) throw notFound("Organization not found.");
    return { of: "organization", id, orgId: id, suspended: org.suspendedAt !== null };
  }
  if (text.startsWith("key_")) {
    const id = fromPublicId("key", text, "subject");
    const key = await db.apiKey.findFirst({ where: { id }, select: { ...stored, orgId: true } });
    if (key === null) throw notFound("API key not found.");
    return { of: "key", id, orgId: key.orgId, suspended: key.suspendedAt !== null };
  }
  const user = await db.user.findFirst({
    where: { ...accountWhere(text), deletedAt: null },
    select: { ...stored, role: true },
  });
  if (user === null) throw notFound("Account not found.");
  if (user.role === "operator") {
    throw new AppError("conflict", {
      public: "This is an operator’s account. Revoke the operator’s access first.",
      param: "subject",
    });
  }
  return { of: "account", id: user.id, orgId: null, suspended: user.suspendedAt !== null };
}

function accountWhere(text: string) {
  if (text.startsWith("usr_")) return { id: fromPublicId("usr", text, "subject") };
  const email = emailSchema.safeParse(text);
  if (email.success) return { emailIndex: { in: emailIndexes(email.data) } };
  throw new AppError("invalid_request", {
    public: "Enter an ID (usr_…, org_… or key_…) or a person’s full email.",
    param: "subject",
  });
}

function notFound(what: string): AppError {
  return new AppError("not_found", { public: what, param: "subject" });
}

import { AppError, type DbOrTx } from "../platform";

/** Whether the organization is in HIPAA mode at this moment. */
export async function isInHipaaMode(db: DbOrTx, orgId: string): Promise<boolean> {
  return (await db.organization.count({ where: { id: orgId, hipaaSince: { not: null } } })) > 0;
}

/** Refuses to keep anything. The database would, too. @throws AppError `conflict`. */
export async function assertNotInHipaaMode(db: DbOrTx, orgId: string, param: string): Promise<void> {
  if (!(await isInHipaaMode(db, orgId))) return;
  throw new AppError("conflict", {
    public: "Your organization is in HIPAA mode, which keeps no prompts and answers. Turn it off first.",
    param,
  });
}

import { AppError, type DbOrTx, type Suspension } from "../platform";
import { env } from "../platform/env";

const subjects: Record<Suspension["of"], string> = {
  account: "Your account is suspended.",
  organization: "This organization is suspended.",
  key: "This API key is suspended.",
};

/** What the customer is told: what is suspended, why, and who can change it. */
export function suspendedError({ of, reason }: Pick<Suspension, "of" | "reason">): AppError {
  return dependsOnSuspended(`${subjects[of]} Reason: ${reason.replace(/[.\s]+$/, "")}.`);
}

/** For who depends on someone else's suspended account or organization: its reason is not theirs to know. */
export function dependsOnSuspended(what: string): AppError {
  return new AppError("suspended", {
    public: `${what} To have this reviewed, email ${env().SALES_EMAIL}.`,
  });
}

/** Read from the row itself, for what happens rarely: a sign-in, an exchanged token. @throws AppError `suspended`. */
export async function assertNotSuspended(db: DbOrTx, { userId }: { userId: string }): Promise<void> {
  const user = await db.user.findUnique({ where: { id: userId }, select: { suspensionReason: true } });
  const reason = user?.suspensionReason;
  if (reason) throw suspendedError({ of: "account", reason });
}

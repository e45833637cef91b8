import type { DbOrTx } from "../../platform/db/client";
import { AppError } from "../../platform/errors";
import type { EmailPreferencesView } from "../schemas";
import { knownEmailKinds } from "./mail-kinds";

/** Which kinds of mail this person does not get. */
export async function getEmailPreferences(
  db: DbOrTx,
  { userId }: { userId: string },
): Promise<EmailPreferencesView> {
  const user = await db.user.findUnique({
    where: { id: userId, deletedAt: null },
    select: { mutedMails: true },
  });
  if (user === null) throw new AppError("not_found", { public: "There is no such account." });
  return { muted: knownEmailKinds(user.mutedMails) };
}

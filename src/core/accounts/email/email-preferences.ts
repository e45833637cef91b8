import { recordAuditIn } from "../../audit";
import { type Clock, systemClock } from "../../platform/clock";
import type { Db, DbOrTx } from "../../platform/db/client";
import { AppError } from "../../platform/errors";
import type { EmailPreferencesView, UpdateEmailPreferencesInput } from "../schemas";
import { knownEmailKinds } from "./email-kinds";

/** The kinds of email this person has muted. */
export async function getEmailPreferences(
  db: DbOrTx,
  { userId }: { userId: string },
): Promise<EmailPreferencesView> {
  const user = await db.user.findUnique({
    where: { id: userId, deletedAt: null },
    select: { mutedMails: true },
  });
  if (user === null) throw new AppError("not_found", { public: "Account not found." });
  return { muted: knownEmailKinds(user.mutedMails) };
}

/** Mutes exactly these kinds of email for the person, in all their organizations. Emails without a kind always arrive. */
export async function updateEmailPreferences(
  db: Db,
  { userId, orgId, muted }: UpdateEmailPreferencesInput & { userId: string; orgId: string },
  clock: Clock = systemClock,
): Promise<EmailPreferencesView> {
  await db.$transaction(async (tx) => {
    await tx.user.updateMany({
      where: { id: userId, deletedAt: null },
      data: { mutedMails: muted, updatedAt: clock.now() },
    });
    await recordAuditIn(tx, {
      orgId,
      actor: { type: "user", id: userId },
      action: "account.profile_updated",
      target: { type: "user", id: userId },
      details: { changed: "muted_mails", muted_mails: muted.join(" ") },
    });
  });
  return { muted };
}

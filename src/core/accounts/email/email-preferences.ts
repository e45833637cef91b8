import { z } from "zod";
import { recordAuditIn } from "../../audit";
import { AppError, type Clock, type Db, type DbOrTx, systemClock } from "../../platform";
import { env } from "../../platform/env";

/**
 * The kinds of email a user can mute. Emails about the security of an account, invitations and failed payments have no
 * kind and are always sent.
 */
export const emailKinds = ["usage", "receipts", "product"] as const;

export type EmailKind = (typeof emailKinds)[number];

export const emailKindSchema = z.enum(emailKinds);

export const updateEmailPreferencesInputSchema = z.strictObject({
  muted: z.array(emailKindSchema).max(emailKinds.length).transform(knownEmailKinds),
});
export const emailPreferencesViewSchema = z.object({ muted: z.array(emailKindSchema) });

export type UpdateEmailPreferencesInput = z.output<typeof updateEmailPreferencesInputSchema>;
export type EmailPreferencesView = z.output<typeof emailPreferencesViewSchema>;

/** Where users choose what to mute; every email with a kind links there. */
export function emailPreferencesUrl(): string {
  return new URL("/settings#notifications", env().APP_URL).href;
}

/** A kind that no longer exists mutes nothing. */
export function knownEmailKinds(stored: readonly string[]): EmailKind[] {
  return emailKinds.filter((kind) => stored.includes(kind));
}

/** The kinds of email this person has muted. */
export async function getEmailPreferences(
  db: DbOrTx,
  { userId }: { userId: string },
): Promise<EmailPreferencesView> {
  const user = await db.user.findUnique({
    where: { id: userId, deletedAt: null },
    select: { mutedEmails: true },
  });
  if (user === null) throw new AppError("not_found", { public: "Account not found." });
  return { muted: knownEmailKinds(user.mutedEmails) };
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
      data: { mutedEmails: muted, updatedAt: clock.now() },
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

import { recordAuditIn } from "../../audit";
import { type Clock, systemClock } from "../../platform/clock";
import type { Db } from "../../platform/db/client";
import type { EmailPreferencesView, UpdateEmailPreferencesInput } from "../schemas";

/** Mutes exactly these kinds of mail; what has no kind still arrives. For the person, in all their organizations. */
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

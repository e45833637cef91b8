import type { Db } from "../../platform/db/client";
import type { Email } from "../../platform/mail/send-email";
import { sendEmail } from "../../platform/mail/send-email";
import { decryptText } from "../../privacy";
import { emailField, userSubject } from "../users/user-fields";
import type { EmailKind } from "./email-kinds";

/**
 * Writes to the person's stored address, unless they muted mails of this kind; without a kind it always goes out.
 * Throws when the mail server does not take it in time.
 */
export async function emailUser(
  db: Db,
  userId: string,
  email: Email,
  { kind }: { kind?: EmailKind | undefined } = {},
): Promise<void> {
  const user = await db.user.findUnique({
    where: { id: userId, deletedAt: null },
    select: { emailCipher: true, mutedMails: true },
  });
  if (user === null || (kind !== undefined && user.mutedMails.includes(kind))) return;
  const to = await decryptText(db, userSubject(userId), emailField(userId), user.emailCipher);
  await sendEmail({ to, ...email });
}

import type { Db } from "../platform/db";
import { sendMail } from "../platform/mail";
import { openText } from "../privacy";
import type { Letter } from "./mails";
import { emailPlace, userSubject } from "./user-texts";

/** Writes to the person's stored address. Throws when the mail server does not take it in time. */
export async function mailUser(db: Db, userId: string, letter: Letter): Promise<void> {
  const user = await db.user.findUnique({
    where: { id: userId, deletedAt: null },
    select: { emailCipher: true },
  });
  if (user === null) return;
  const to = await openText(db, userSubject(userId), emailPlace(userId), user.emailCipher);
  await sendMail({ to, ...letter });
}

import type { Db } from "../../platform/db/client";
import { decryptText } from "../../privacy";
import { emailField, userSubject } from "./user-fields";

/** The person's address in the clear; undefined when the account is gone. */
export async function getUserEmail(db: Db, userId: string): Promise<string | undefined> {
  const user = await db.user.findUnique({
    where: { id: userId, deletedAt: null },
    select: { emailCipher: true },
  });
  return user === null
    ? undefined
    : decryptText(db, userSubject(userId), emailField(userId), user.emailCipher);
}

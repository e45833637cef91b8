import type { Db } from "../../platform/db/client";
import { decryptTexts } from "../../privacy";
import { emailField, nameField, userSubject } from "./user-fields";

export interface Person {
  userId: string;
  email: string;
  name: string;
}

/** Names and addresses of these people, for whoever may see them; the erased are left out. Two queries at most. */
export async function decryptPeople(db: Db, userIds: readonly string[]): Promise<Map<string, Person>> {
  const users = await db.user.findMany({
    where: { id: { in: [...new Set(userIds)] }, deletedAt: null },
    select: { id: true, emailCipher: true, nameCipher: true },
  });
  const texts = await decryptTexts(
    db,
    users.flatMap(({ id, emailCipher, nameCipher }) => [
      { subject: userSubject(id), field: emailField(id), blob: emailCipher },
      { subject: userSubject(id), field: nameField(id), blob: nameCipher },
    ]),
  );
  return new Map(
    users.map(({ id: userId }, at) => [
      userId,
      { userId, email: texts[2 * at] ?? "", name: texts[2 * at + 1] ?? "" },
    ]),
  );
}

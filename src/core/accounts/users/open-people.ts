import type { Db } from "../../platform/db/client";
import { openTexts } from "../../privacy";
import { emailPlace, namePlace, userSubject } from "./user-texts";

export interface Person {
  userId: string;
  email: string;
  name: string;
}

/** Names and addresses of these people, for whoever may see them; the erased are left out. Two queries at most. */
export async function openPeople(db: Db, userIds: readonly string[]): Promise<Map<string, Person>> {
  const users = await db.user.findMany({
    where: { id: { in: [...new Set(userIds)] }, deletedAt: null },
    select: { id: true, emailCipher: true, nameCipher: true },
  });
  const texts = await openTexts(
    db,
    users.flatMap(({ id, emailCipher, nameCipher }) => [
      { subject: userSubject(id), place: emailPlace(id), blob: emailCipher },
      { subject: userSubject(id), place: namePlace(id), blob: nameCipher },
    ]),
  );
  return new Map(
    users.map(({ id: userId }, at) => [
      userId,
      { userId, email: texts[2 * at] ?? "", name: texts[2 * at + 1] ?? "" },
    ]),
  );
}

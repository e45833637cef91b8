import { recordAuditIn } from "../../audit";
import { orgSubject } from "../../orgs";
import { type Clock, type Db, systemClock } from "../../platform";
import { encryptText, transactWithKeys } from "../../privacy";
import type { MeView, UpdateProfileInput } from "../schemas";
import { getMe } from "./get-me";
import { nameField, userSubject } from "./user-fields";

/** Changes the user's name. @throws AppError `not_found` when the account is gone. */
export async function updateProfile(
  db: Db,
  { userId, orgId, name }: UpdateProfileInput & { userId: string; orgId: string },
  clock: Clock = systemClock,
): Promise<MeView> {
  return await transactWithKeys(db, [userSubject(userId), orgSubject(orgId)], async (tx) => {
    const nameCipher = await encryptText(tx, userSubject(userId), nameField(userId), name);
    await tx.user.updateMany({
      where: { id: userId, deletedAt: null },
      data: { nameCipher, updatedAt: clock.now() },
    });
    const me = await getMe(tx, { userId, orgId });
    await recordAuditIn(tx, {
      orgId,
      actor: { type: "user", id: userId },
      action: "account.profile_updated",
      target: { type: "user", id: userId },
      details: { changed: "name" },
    });
    return me;
  });
}

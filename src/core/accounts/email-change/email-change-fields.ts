import { type Clock, DAY, type DbOrTx } from "../../platform";
import type { Bytes } from "../../platform/crypto/hash";
import type { FieldRef } from "../../privacy";

/** How long the link in the new mailbox works. */
export const CONFIRM_MS = DAY;
/** How long the link in the old mailbox does: time to come back from a week away. */
export const UNDO_MS = 7 * DAY;

export const oldEmailField = (id: string): FieldRef => ({
  table: "email_changes",
  column: "old_cipher",
  rowId: id,
});
export const newEmailField = (id: string): FieldRef => ({
  table: "email_changes",
  column: "new_cipher",
  rowId: id,
});

/**
 * Whether an address was somebody's until lately, who can still take it back: nobody else gets it meanwhile, or a thief
 * could bar the way back by signing up with it.
 */
export async function isHeldForUndo(
  db: DbOrTx,
  { emailIndexes, exceptUserId }: { emailIndexes: Bytes[]; exceptUserId?: string },
  clock: Clock,
): Promise<boolean> {
  const held = await db.emailChange.count({
    where: {
      oldIndex: { in: emailIndexes },
      ...(exceptUserId !== undefined && { userId: { not: exceptUserId } }),
      confirmedAt: { not: null },
      undoneAt: null,
      expiresAt: { gt: clock.now() },
    },
  });
  return held > 0;
}

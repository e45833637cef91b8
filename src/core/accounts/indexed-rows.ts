import { bytesOf, type IndexedRow, type IndexedRows } from "../platform/db/rows/indexed-rows";
import { decryptTexts } from "../privacy";
import { emailIndex } from "./email/email-address";
import { newEmailField, oldEmailField } from "./email-change/email-change-fields";
import { emailField, userSubject } from "./users/user-fields";

/** Rows that are found by an email address of an account. */
export const indexedAccountRows: Readonly<Record<string, IndexedRows>> = {
  users: {
    subject: { type: "user", column: "id" },
    reads: ["email_cipher"],
    // A provisional account has random bytes in place of its index.
    columns: { email_index: "provisional_index IS NULL", provisional_index: null },
    async indexesOf(db, row) {
      const id = String(row.id);
      const [email = ""] = await decryptTexts(db, [
        { subject: userSubject(id), field: emailField(id), blob: bytesOf(row, "email_cipher") },
      ]);
      return { email_index: emailIndex(email), provisional_index: emailIndex(email) };
    },
  },
  email_changes: {
    subject: { type: "user", column: "user_id" },
    reads: ["user_id", "old_cipher", "new_cipher"],
    columns: { old_index: null, new_index: null },
    async indexesOf(db, row: IndexedRow) {
      const id = String(row.id);
      const subject = userSubject(String(row.user_id));
      const [old = "", next = ""] = await decryptTexts(db, [
        { subject, field: oldEmailField(id), blob: bytesOf(row, "old_cipher") },
        { subject, field: newEmailField(id), blob: bytesOf(row, "new_cipher") },
      ]);
      return { old_index: emailIndex(old), new_index: emailIndex(next) };
    },
  },
};

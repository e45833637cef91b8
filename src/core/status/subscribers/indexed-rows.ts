import { emailIndex } from "../../accounts";
import { bytesOf, type IndexedRows } from "../../platform/db/rows/indexed-rows";
import { decryptText } from "../../privacy";
import { emailField, subscriberSubject } from "./subscriber-fields";

/** Rows that are found by the email address of a subscriber. */
export const indexedStatusRows: Readonly<Record<string, IndexedRows>> = {
  status_subscribers: {
    subject: { type: "subscriber", column: "id" },
    reads: ["email_cipher"],
    columns: { email_index: null },
    async indexesOf(db, row) {
      const id = String(row.id);
      const blob = bytesOf(row, "email_cipher");
      return { email_index: emailIndex(await decryptText(db, subscriberSubject(id), emailField(id), blob)) };
    },
  },
};

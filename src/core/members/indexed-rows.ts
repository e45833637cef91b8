import { emailIndex } from "../accounts";
import { orgSubject } from "../orgs";
import { bytesOf, type IndexedRows } from "../platform/db/rows/indexed-rows";
import { decryptText } from "../privacy";
import { invitationEmailField } from "./invitations/get-invitation";

/** Rows that are found by the email address of somebody invited. */
export const indexedMemberRows: Readonly<Record<string, IndexedRows>> = {
  invitations: {
    subject: { type: "org", column: "org_id" },
    reads: ["org_id", "email_cipher"],
    columns: { email_index: null },
    async indexesOf(db, row) {
      const field = invitationEmailField(String(row.id));
      const email = await decryptText(
        db,
        orgSubject(String(row.org_id)),
        field,
        bytesOf(row, "email_cipher"),
      );
      return { email_index: emailIndex(email) };
    },
  },
};

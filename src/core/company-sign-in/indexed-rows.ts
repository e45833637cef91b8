import { orgSubject } from "../orgs";
import { bytesOf, type IndexedRows } from "../platform/db/rows/indexed-rows";
import { decryptText } from "../privacy";
import { indexesOfProfile, profileField, profileSchema } from "./directory/user-rows";

/** Rows that are found by what a company's directory says of a person. */
export const indexedCompanyRows: Readonly<Record<string, IndexedRows>> = {
  directory_users: {
    subject: { type: "org", column: "org_id" },
    reads: ["org_id", "profile_cipher"],
    columns: { user_name_index: null, email_index: null, external_id_index: null },
    async indexesOf(db, row) {
      const orgId = String(row.org_id);
      const blob = bytesOf(row, "profile_cipher");
      const text = await decryptText(db, orgSubject(orgId), profileField(String(row.id)), blob);
      const indexes = indexesOfProfile(orgId, profileSchema.parse(JSON.parse(text)));
      return {
        user_name_index: indexes.userNameIndex,
        email_index: indexes.emailIndex,
        external_id_index: indexes.externalIdIndex,
      };
    },
  },
};

import { billingTables } from "./billing";
import { organizationTables } from "./organizations";
import { peopleTables } from "./people";
import { recordTables } from "./records";
import { requestTables } from "./requests";
import type { TableExport } from "./table-export";

/** Every table of the database, and what exports have of it. A test compares it with the database, column by column. */
export const everyTable: Readonly<Record<string, TableExport>> = {
  ...peopleTables,
  ...organizationTables,
  ...requestTables,
  ...billingTables,
  ...recordTables,
};

export const subjectTypes = ["user", "org"] as const;
export type ExportSubjectType = (typeof subjectTypes)[number];

/** What an export of this kind has of a table; a text says why nothing. */
export function rowsFor(table: TableExport, type: ExportSubjectType) {
  return type === "user" ? table.person : table.organization;
}

import { billingTables } from "./billing";
import { organizationTables } from "./organizations";
import { peopleTables } from "./people";
import { recordTables } from "./records";
import { requestTables } from "./requests";
import type { TableExport } from "./table-export";

/**
 * Every table of the database, and which of its columns exports contain. A test compares it with the database, column
 * by column.
 */
export const everyTable: Readonly<Record<string, TableExport>> = {
  ...peopleTables,
  ...organizationTables,
  ...requestTables,
  ...billingTables,
  ...recordTables,
};

export const subjectTypes = ["user", "org"] as const;
export type ExportSubjectType = (typeof subjectTypes)[number];

/** The columns of a table in this kind of export; a text says why there are none. */
export function rowsFor(table: TableExport, type: ExportSubjectType) {
  return type === "user" ? table.person : table.organization;
}

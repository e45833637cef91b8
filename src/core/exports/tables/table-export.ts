import type { Db, IdPrefix } from "../../platform";
import { Prisma } from "../../platform/db/client";
import type { FieldRef, Subject } from "../../privacy";

/** A row as the database returns it, by the names of its columns. */
export type Row = Readonly<Record<string, unknown>>;

/** How a column is exported. Every column of an exported table declares it. */
export type Column =
  | { kind: "value" }
  | { kind: "id"; prefix: (row: Row) => IdPrefix | undefined }
  | { kind: "bytes" }
  /** Encrypted: exported in the clear, without `_cipher` in its name. */
  | { kind: "text"; subject: (row: Row, exported: Subject) => Subject; field: (row: Row) => FieldRef }
  | { kind: "left out"; because: string };

/** Which rows of a table are a subject's, and in what order they are read. */
export interface Rows {
  where: (subjectId: string) => Prisma.Sql;
  /** Takes the place of `where` for rows that are found by something encrypted. */
  found?: (db: Db, subjectId: string) => Promise<Prisma.Sql>;
  /** Columns that name a row, with their types, led by what an index has behind the condition. */
  key: readonly (readonly [column: string, type: string])[];
  /** The index has the environment before the key: it is read for one after the other. */
  byEnvironment?: boolean;
}

/** How a table is exported for a person and for an organization; a text says why it is not. */
export interface TableExport {
  person: Rows | string;
  organization: Rows | string;
  columns: Readonly<Record<string, Column>>;
  /** Of a table whose rows stand for objects of the object store: what its files have instead. */
  file?: TableFile;
}

export interface TableFile {
  /** Without `_cipher`: texts come decrypted. */
  columns: Readonly<Record<string, Column>>;
  read: (db: Db, subjectId: string) => AsyncGenerator<Row[], void>;
  /** Where a person's export has some of them as well. */
  readOfPerson?: (db: Db, userId: string) => AsyncGenerator<Row[], void>;
}

/** A table that no export has. */
export function inNoExport(because: string): TableExport {
  return { person: because, organization: because, columns: {} };
}

export const of = (column: string, key: Rows["key"], options: Pick<Rows, "byEnvironment"> = {}): Rows => ({
  where: (subjectId) => Prisma.sql`${Prisma.raw(`"${column}"`)} = ${subjectId}::uuid`,
  key,
  ...options,
});

export const byId = [["id", "uuid"]] as const;
export const byTime = [
  ["created_at", "timestamptz"],
  ["id", "uuid"],
] as const;

export function values(...names: readonly string[]): Record<string, Column> {
  return Object.fromEntries(names.map((name) => [name, { kind: "value" } as const]));
}

export const id = (prefix: IdPrefix): Column => ({ kind: "id", prefix: () => prefix });

export const leftOut = (because: string): Column => ({ kind: "left out", because });
export const secret = leftOut("It is a secret, or made of one.");
export const index = leftOut("It is a fingerprint of a text that the export has.");
export const inner = leftOut("It is about our processes.");
export const ours = leftOut("It names one of our employees.");

/** A text under the key of the person or organization that is exported. */
export function text(table: string, column: string, rowId: (row: Row) => string = idOf): Column {
  return {
    kind: "text",
    subject: (_, exported) => exported,
    field: (row) => ({ table, column, rowId: rowId(row) }),
  };
}

export function idOf({ id }: Row): string {
  return String(id);
}

export const ofOrganizations = "It is the organization’s. Its owners and admins can export it.";
export const ofNobody = "It is about no person and no organization.";

/** Rows that belong to another table's, which have the organization. */
export function inTable(column: string, parent: string, orgId: string): Prisma.Sql {
  return Prisma.sql`${Prisma.raw(`"${column}" IN (SELECT id FROM "${parent}"`)} WHERE org_id = ${orgId}::uuid)`;
}

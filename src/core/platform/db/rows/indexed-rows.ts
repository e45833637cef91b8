import type { Bytes } from "../../crypto/hash";
import type { Db } from "../client";

/** What a row is read by to be indexed anew. Bytes of a cipher, texts of everything else. */
export type IndexedRow = Readonly<Record<string, unknown>>;

/** A table whose rows have blind indexes of texts that are stored encrypted beside them. Each noun exports its own. */
export interface IndexedRows {
  /** Whose key encrypts the texts, and in which column they stand. After their erasure a row has nothing to index. */
  subject: { type: "user" | "org" | "subscriber"; column: string };
  /** What `indexesOf` reads, besides the ID. */
  reads: readonly string[];
  /** Columns with an index, each with the condition under which it has one, if it may hold something else. */
  columns: Readonly<Record<string, string | null>>;
  /** The indexes of a row under the current key, by column. @throws AppError as `decryptText`. */
  indexesOf(db: Db, row: IndexedRow): Promise<Readonly<Record<string, Bytes | null>>>;
}

/** Of the `reads` of a row. */
export function bytesOf(row: IndexedRow, column: string): Uint8Array {
  const value = row[column];
  if (value instanceof Uint8Array) return value;
  throw new Error(`${column} of a row to index holds no bytes`);
}

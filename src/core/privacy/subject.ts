import type { KeyContext } from "../platform/crypto/key-service";

/**
 * Whose key seals a text: a person's for their own particulars, an organization's for its content, an inquiry's for what
 * somebody wrote who may be neither.
 */
export interface Subject {
  type: "user" | "org" | "inquiry";
  id: string;
}

/** Where a sealed text lives. It is authenticated with the text, so a blob opens only in its own row and column. */
export interface FieldRef {
  table: string;
  column: string;
  rowId: string;
}

export function subjectName({ type, id }: Subject): string {
  return `${type}:${id}`;
}

export function fieldName({ table, column, rowId }: FieldRef): string {
  return `${table}.${column}:${rowId}`;
}

/** The context a subject's key is wrapped in; a wrapped key copied to another subject's row does not unwrap. */
export function keyContext({ type, id }: Subject): KeyContext {
  return { purpose: "data-key", subject_type: type, subject_id: id };
}

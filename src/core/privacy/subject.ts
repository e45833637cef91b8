import type { KeyContext } from "../platform/crypto/key-service/key-service";

/**
 * Whose data key encrypts a text: a user's for their personal data, an organization's for its content, an inquiry's for
 * the message of somebody who may be neither, a subscriber's for the address that status updates go to.
 */
export interface Subject {
  type: "user" | "org" | "inquiry" | "subscriber";
  id: string;
}

/** The column and row of an encrypted text. Authenticated with it, so a blob copied elsewhere does not decrypt. */
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

/**
 * The context a subject's key is wrapped with: a wrapped key copied to another subject's row, or in place of another version,
 * does not unwrap.
 */
export function keyContext({ type, id }: Subject, version = 1): KeyContext {
  const context = { purpose: "data-key", subject_type: type, subject_id: id };
  return version === 1 ? context : { ...context, version: String(version) };
}

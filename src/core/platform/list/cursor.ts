import { canonicalJson } from "../canonical-json";
import { sha256 } from "../crypto/hash";
import { AppError } from "../errors";
import type { ListQuery } from "./query";

const CHECK_BYTES = 12;
/** Far longer than any of our cursors. */
const MAX_LENGTH = 400;

/** The list a cursor belongs to. It is not in the cursor, only in the cursor's checksum. */
export interface ListIdentity {
  list: string;
  /** Whose list it is: an organization or a person. */
  owner: string;
  /** The list's filters besides `created`. */
  filter?: unknown;
}

/**
 * A position in a list: the last item's key, with a checksum over the key and the list. A cursor that was cut,
 * mistyped, or taken from another list, filter, order or organization is refused. It grants no access: every page
 * queries the caller's own items.
 */
export function encodeCursor(identity: ListIdentity, query: ListQuery, key: string): string {
  return Buffer.concat([checkOf(identity, query, key), Buffer.from(key)]).toString("base64url");
}

/**
 * The key after which the page begins; undefined for the first page.
 * @throws AppError `invalid_cursor`, param `cursor`.
 */
export function decodeCursor(identity: ListIdentity, query: ListQuery): string | undefined {
  const { cursor } = query;
  if (cursor === undefined) return undefined;
  if (cursor.length > MAX_LENGTH) throw invalidCursor();
  const bytes = Buffer.from(cursor, "base64url");
  const key = bytes.subarray(CHECK_BYTES).toString("utf8");
  const genuine = checkOf(identity, query, key).equals(bytes.subarray(0, CHECK_BYTES));
  if (!genuine || bytes.toString("base64url") !== cursor) throw invalidCursor();
  return key;
}

function checkOf(
  { list, owner, filter }: ListIdentity,
  { order = "desc", created }: ListQuery,
  key: string,
): Buffer {
  const { gte = null, lt = null } = created ?? {};
  const whole = canonicalJson([list, owner, filter ?? null, order, gte, lt, key]);
  return Buffer.from(sha256(whole).subarray(0, CHECK_BYTES));
}

function invalidCursor(): AppError {
  return new AppError("invalid_cursor", {
    public:
      "Unknown cursor. Use next_cursor from the previous page, with the same filters and order, or omit it to start from the first page.",
    param: "cursor",
  });
}

import { sha256 } from "../platform/crypto/hash";
import { AppError } from "../platform/errors";

const CHECK_BYTES = 4;

/**
 * A place in a list: the id of the last item, with a checksum so that a cut or mistyped cursor is named as such. It
 * carries no authority: every page asks for the caller's own organisation again.
 */
export function encodeCursor(requestId: string): string {
  const id = Buffer.from(requestId.replaceAll("-", ""), "hex");
  return Buffer.concat([id, check(id)]).toString("base64url");
}

/** @throws AppError `invalid_cursor`, param `cursor`. */
export function decodeCursor(cursor: string): string {
  const bytes = Buffer.from(cursor, "base64url");
  const id = bytes.subarray(0, 16);
  const whole = bytes.length === 16 + CHECK_BYTES && bytes.toString("base64url") === cursor;
  if (!whole || !check(id).equals(bytes.subarray(16))) {
    throw new AppError("invalid_cursor", {
      public:
        "This cursor is not one of ours. Use next_cursor as it came, or leave it out to start at the newest.",
      param: "cursor",
    });
  }
  return id.toString("hex").replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
}

function check(id: Uint8Array): Buffer {
  return Buffer.from(sha256(Buffer.concat([Buffer.from("inference-list:"), id])).subarray(0, CHECK_BYTES));
}

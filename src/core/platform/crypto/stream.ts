import { createCipheriv, createDecipheriv } from "node:crypto";
import { unreadable } from "./field";

const FRAME = 64 * 1024;
const TAG = 16;

/**
 * Encrypts a stream with AES-256-GCM in frames of 64 KiB, each with its own tag. The frame's number and whether it is the last
 * are its IV, so that no frame can be dropped, repeated, moved or cut off. A key must encrypt one stream only.
 */
export async function* encryptStream(
  key: Uint8Array,
  pieces: AsyncIterable<Uint8Array>,
  purpose: string,
): AsyncGenerator<Uint8Array, void> {
  let number = 0;
  for await (const { bytes, last } of frames(pieces, FRAME)) {
    const cipher = createCipheriv("aes-256-gcm", key, ivOf(number, last)).setAAD(
      Buffer.from(purpose, "utf8"),
    );
    yield Buffer.concat([cipher.update(bytes), cipher.final(), cipher.getAuthTag()]);
    number += 1;
  }
}

/**
 * Decrypts what `encryptStream` made. A piece is handed on only after its tag was checked.
 * @throws AppError `internal_error` when the stream was changed, cut, or encrypted under another key.
 */
export async function* decryptStream(
  key: Uint8Array,
  pieces: AsyncIterable<Uint8Array>,
  purpose: string,
): AsyncGenerator<Uint8Array, void> {
  let number = 0;
  for await (const { bytes, last } of frames(pieces, FRAME + TAG)) {
    if (bytes.byteLength < TAG) throw unreadable("an encrypted stream is cut off");
    const decipher = createDecipheriv("aes-256-gcm", key, ivOf(number, last))
      .setAAD(Buffer.from(purpose, "utf8"))
      .setAuthTag(bytes.subarray(-TAG));
    const text = decipher.update(bytes.subarray(0, -TAG));
    try {
      decipher.final();
    } catch (cause) {
      throw unreadable("an encrypted stream was changed, cut, or encrypted under another key", cause);
    }
    yield text;
    number += 1;
  }
}

function ivOf(number: number, last: boolean): Buffer {
  const iv = Buffer.alloc(12);
  iv.writeUInt8(last ? 1 : 0, 0);
  iv.writeBigUInt64BE(BigInt(number), 4);
  return iv;
}

/** Frames of one size; the last may be shorter, and there is always one. */
async function* frames(
  pieces: AsyncIterable<Uint8Array>,
  size: number,
): AsyncGenerator<{ bytes: Buffer; last: boolean }, void> {
  let rest = Buffer.alloc(0);
  for await (const piece of pieces) {
    rest = Buffer.concat([rest, piece]);
    // One that is exactly full waits: it may be the last.
    let at = 0;
    for (; rest.byteLength - at > size; at += size)
      yield { bytes: rest.subarray(at, at + size), last: false };
    rest = rest.subarray(at);
  }
  yield { bytes: rest, last: true };
}

import { randomBytes } from "node:crypto";
import { describe, expect, it } from "vitest";
import { decryptStream, encryptStream } from "./stream";

const FRAME = 64 * 1024 + 16;
const key = new Uint8Array(randomBytes(32));

async function* inPieces(bytes: Uint8Array, size: number) {
  for (let at = 0; at < bytes.byteLength; at += size) yield bytes.subarray(at, at + size);
}

async function whole(pieces: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const all: Uint8Array[] = [];
  for await (const piece of pieces) all.push(piece);
  return Buffer.concat(all);
}

const encrypted = async (bytes: Uint8Array) =>
  await whole(encryptStream(key, inPieces(bytes, 7_777), "a file"));
const decrypted = async (bytes: Uint8Array, purpose = "a file", with_ = key) =>
  await whole(decryptStream(with_, inPieces(bytes, 5_001), purpose));

describe("an encrypted stream", () => {
  it("is the same bytes again, whatever their number and the pieces they came in", async () => {
    for (const size of [0, 1, 64 * 1024 - 1, 64 * 1024, 64 * 1024 + 1, 300_000]) {
      const bytes = randomBytes(size);
      const sealed = await encrypted(bytes);
      expect((await decrypted(sealed)).equals(bytes), String(size)).toBe(true);
      if (size > 100) expect(sealed.includes(bytes.subarray(0, 64))).toBe(false);
    }
  });

  it("does not decrypt when it was changed, cut, repeated or reordered, or is another's", async () => {
    const sealed = await encrypted(randomBytes(200_000));
    const frame = (at: number) => sealed.subarray(at * FRAME, (at + 1) * FRAME);
    const changed = Buffer.from(sealed);
    changed.writeUInt8(changed.readUInt8(70_000) ^ 1, 70_000);
    const wrong = {
      changed,
      "cut within a frame": sealed.subarray(0, -1),
      "cut after a frame": sealed.subarray(0, 2 * FRAME),
      "cut to nothing": Buffer.alloc(0),
      repeated: Buffer.concat([frame(0), frame(0), sealed.subarray(FRAME)]),
      reordered: Buffer.concat([frame(1), frame(0), sealed.subarray(2 * FRAME)]),
      longer: Buffer.concat([sealed, frame(0)]),
    };
    for (const [name, bytes] of Object.entries(wrong)) {
      await expect(decrypted(bytes), name).rejects.toMatchObject({ code: "internal_error" });
    }
    await expect(decrypted(sealed, "another file")).rejects.toMatchObject({ code: "internal_error" });
    await expect(decrypted(sealed, "a file", new Uint8Array(32))).rejects.toMatchObject({
      code: "internal_error",
    });
  });
});

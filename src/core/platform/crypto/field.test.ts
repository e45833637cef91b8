import { randomBytes } from "node:crypto";
import { describe, expect, it } from "vitest";
import { AppError } from "../errors";
import { decryptField, encryptField, keyVersionOf } from "./field";

const key = randomBytes(32);
const aad = "users.email_cipher:0192";

describe("encrypted fields", () => {
  it.each(["", "ada@example.com", "雪 ❄ \u0000 end", "x".repeat(200_000)])(
    "decrypt to exactly what was encrypted (%#)",
    (text) => {
      expect(decryptField(key, encryptField(key, text, aad), aad)).toBe(text);
    },
  );

  it("never look the same twice, so that equal texts cannot be told", () => {
    expect(encryptField(key, "same", aad)).not.toEqual(encryptField(key, "same", aad));
  });

  it("refuse to open when any one byte was changed", () => {
    const blob = encryptField(key, "secret", aad);
    for (let index = 0; index < blob.length; index++) {
      const changed = blob.slice();
      changed[index] = (changed[index] ?? 0) ^ 1;
      expect(() => decryptField(key, changed, aad)).toThrow(AppError);
    }
  });

  it("refuse to open when cut short", () => {
    const blob = encryptField(key, "secret", aad);
    for (const length of [0, 1, 28, blob.length - 1]) {
      expect(() => decryptField(key, blob.subarray(0, length), aad)).toThrow(AppError);
    }
  });

  it("refuse to open in another place, and under another key", () => {
    const blob = encryptField(key, "secret", aad);
    expect(() => decryptField(key, blob, "users.email_cipher:0193")).toThrow(AppError);
    expect(() => decryptField(randomBytes(32), blob, aad)).toThrow(AppError);
  });

  it("name the version of their key, which cannot be changed; the first version has the form that blobs always had", () => {
    const [first, later] = [encryptField(key, "secret", aad), encryptField(key, "secret", aad, 259)];
    expect([first[0], keyVersionOf(first, aad)]).toEqual([1, 1]);
    expect([...later.subarray(0, 3), keyVersionOf(later, aad)]).toEqual([2, 1, 3, 259]);
    expect(decryptField(key, later, aad)).toBe("secret");
    for (let index = 0; index < later.length; index++) {
      const changed = later.slice();
      changed[index] = (changed[index] ?? 0) ^ 1;
      expect(() => decryptField(key, changed, aad)).toThrow(AppError);
    }
    for (const blob of [new Uint8Array(), new Uint8Array([2, 1]), new Uint8Array([3, 0, 0])])
      expect(() => keyVersionOf(blob, aad)).toThrow(AppError);
  });

  it("say in the log where they refused, and never what they hold", () => {
    const blob = encryptField(key, "the-secret-text", aad);
    const refusal = (() => {
      try {
        decryptField(randomBytes(32), blob, aad);
      } catch (error) {
        return error;
      }
    })();
    expect(refusal).toMatchObject({ code: "internal_error", internal: expect.stringContaining(aad) });
    expect(String(refusal)).not.toContain("the-secret-text");
  });
});

import { randomBytes } from "node:crypto";
import { describe, expect, it } from "vitest";
import { AppError } from "../errors";
import { openField, sealField } from "./field";

const key = randomBytes(32);
const aad = "users.email_cipher:0192";

describe("sealed fields", () => {
  it.each(["", "ada@example.com", "雪 ❄ \u0000 end", "x".repeat(200_000)])(
    "give back exactly what was sealed (%#)",
    (text) => {
      expect(openField(key, sealField(key, text, aad), aad)).toBe(text);
    },
  );

  it("never look the same twice, so that equal texts cannot be told", () => {
    expect(sealField(key, "same", aad)).not.toEqual(sealField(key, "same", aad));
  });

  it("refuse to open when any one byte was changed", () => {
    const blob = sealField(key, "secret", aad);
    for (let index = 0; index < blob.length; index++) {
      const changed = blob.slice();
      changed[index] = (changed[index] ?? 0) ^ 1;
      expect(() => openField(key, changed, aad)).toThrow(AppError);
    }
  });

  it("refuse to open when cut short", () => {
    const blob = sealField(key, "secret", aad);
    for (const length of [0, 1, 28, blob.length - 1]) {
      expect(() => openField(key, blob.subarray(0, length), aad)).toThrow(AppError);
    }
  });

  it("refuse to open in another place, and under another key", () => {
    const blob = sealField(key, "secret", aad);
    expect(() => openField(key, blob, "users.email_cipher:0193")).toThrow(AppError);
    expect(() => openField(randomBytes(32), blob, aad)).toThrow(AppError);
  });

  it("say in the log where they refused, and never what they hold", () => {
    const blob = sealField(key, "the-secret-text", aad);
    const refusal = (() => {
      try {
        openField(randomBytes(32), blob, aad);
      } catch (error) {
        return error;
      }
    })();
    expect(refusal).toMatchObject({ code: "internal_error", internal: expect.stringContaining(aad) });
    expect(String(refusal)).not.toContain("the-secret-text");
  });
});

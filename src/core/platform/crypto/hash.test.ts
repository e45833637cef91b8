import { createSecretKey, randomBytes } from "node:crypto";
import { describe, expect, it } from "vitest";
import { constantTimeEqual, randomToken, sha256 } from "./hash";
import { keyedHash } from "./keyed-hash";

describe("hashes and tokens", () => {
  it("sha256 is SHA-256 (FIPS 180-4 example)", () => {
    expect(Buffer.from(sha256("abc")).toString("hex")).toBe(
      "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
    );
    expect(sha256(new TextEncoder().encode("abc"))).toEqual(sha256("abc"));
  });

  it("constantTimeEqual tells equal from unequal, lengths included", () => {
    expect(constantTimeEqual(sha256("a"), sha256("a"))).toBe(true);
    expect(constantTimeEqual(sha256("a"), sha256("b"))).toBe(false);
    expect(constantTimeEqual(sha256("a"), sha256("a").subarray(1))).toBe(false);
  });

  it("tokens carry 256 bits and are safe in URLs", () => {
    const tokens = new Set(Array.from({ length: 1_000 }, () => randomToken()));
    expect(tokens.size).toBe(1_000);
    for (const token of tokens) expect(token).toMatch(/^[A-Za-z0-9_-]{43}$/);
  });

  it("a keyed hash finds equal texts and depends on the key", () => {
    const key = randomBytes(32);
    expect(keyedHash("ada@example.com", key)).toEqual(keyedHash("ada@example.com", key));
    expect(keyedHash("ada@example.com", key)).not.toEqual(keyedHash("bob@example.com", key));
    expect(keyedHash("ada@example.com", key)).not.toEqual(keyedHash("ada@example.com", randomBytes(32)));
    expect(keyedHash("ada@example.com", createSecretKey(key))).toEqual(keyedHash("ada@example.com", key));
  });
});

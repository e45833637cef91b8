import { randomBytes } from "node:crypto";
import { afterEach, expect, it } from "vitest";
import { keyedHash } from "../keyed-hash";
import { blindIndex, blindIndexes } from "./blind-index";
import { BARE_BYTES, indexKeyOf, indexKeys, KEY_ID_BYTES } from "./index-keys";

const [first, second, third] = [randomBytes(32), randomBytes(32), randomBytes(32)];
const under = (current: Uint8Array, ...earlier: Uint8Array[]) => {
  indexKeys.clear();
  const of = (secret: Uint8Array) => indexKeyOf(secret, first);
  indexKeys({ current: of(current), earlier: earlier.map(of) });
};
afterEach(() => void indexKeys.clear());

it("an index under the first key is what it always was, and names no key", () => {
  under(first);
  expect(blindIndex("email", "ada@example.com")).toEqual(keyedHash("email:ada@example.com", first));
  expect(blindIndex("email", "ada@example.com")).toHaveLength(BARE_BYTES);
});

it("an index under a later key begins with the key's ID, and texts, purposes and keys give different ones", () => {
  under(second);
  const index = blindIndex("email", "ada@example.com");
  expect(index).toHaveLength(KEY_ID_BYTES + BARE_BYTES);
  expect(index.subarray(0, KEY_ID_BYTES)).toEqual(indexKeys().current.id);
  expect(index).toEqual(blindIndex("email", "ada@example.com"));
  const others = [blindIndex("email", "bob@example.com"), blindIndex("company", "ada@example.com")];
  under(third);
  for (const other of [...others, blindIndex("email", "ada@example.com")]) expect(other).not.toEqual(index);
});

it("what is looked up is looked up under the current key first, then under the earlier ones", () => {
  under(second, first);
  const during = blindIndexes("email", "ada@example.com");
  under(first);
  const before = blindIndex("email", "ada@example.com");
  under(second);
  expect(during).toEqual([blindIndex("email", "ada@example.com"), before]);
});

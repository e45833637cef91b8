import { afterEach, expect, it } from "vitest";
import { newId, systemClock } from "../../platform";
import { ownKeys } from "../../platform/crypto/keyed-hash";
import { confirmToken, readConfirmToken, readUnsubscribeToken, unsubscribeToken } from "./tokens";

const [before, now] = [new Uint8Array(32).fill(1), new Uint8Array(32).fill(2)];
const withKeys = (...keys: [Uint8Array, ...Uint8Array[]]) => {
  ownKeys.clear();
  ownKeys(keys);
};
afterEach(() => void ownKeys.clear());

it("links in emails work on when the key that made them is replaced, and not when it is taken away", () => {
  withKeys(before);
  const id = newId();
  const [confirm, end] = [confirmToken("ada@example.com", systemClock), unsubscribeToken(id)];
  withKeys(now, before);
  expect(readConfirmToken(confirm, systemClock)).toBe("ada@example.com");
  expect(readUnsubscribeToken(end)).toBe(id);
  const newer = unsubscribeToken(id);
  withKeys(now);
  expect(() => readConfirmToken(confirm, systemClock)).toThrow();
  expect(() => readUnsubscribeToken(end)).toThrow();
  expect(readUnsubscribeToken(newer)).toBe(id);
  expect(() => readUnsubscribeToken(`${newer.split(".")[0]}.AAAA`)).toThrow();
});

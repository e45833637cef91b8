import { parseOptions } from "@node-rs/argon2";
import { expect, test } from "vitest";
import { DUMMY_HASH, hashPassword, passwordParameters, verifyPassword } from "./password";

test("passwords are hashed by argon2id with 19 MiB, two passes and parallelism 1", async () => {
  const hash = await hashPassword("correct horse battery staple");
  expect(hash).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/);
  expect(passwordParameters).toEqual({ memoryCost: 19_456, timeCost: 2, parallelism: 1 });
});

test("a sign-in without an account costs the same hash as one with", async () => {
  const real = parseOptions(await hashPassword("correct horse battery staple"));
  expect(parseOptions(DUMMY_HASH)).toEqual(real);
});

test("a password matches its own hash only, in whichever Unicode form it was typed", async () => {
  const hash = await hashPassword("fünf süße Äpfel");
  expect(await verifyPassword(hash, "fünf süße Äpfel".normalize("NFD"))).toBe(true);
  expect(await verifyPassword(hash, "funf suße Apfel")).toBe(false);
  expect(await verifyPassword(null, "fünf süße Äpfel")).toBe(false);
});

import { expect, test } from "vitest";
import { mailboxOf } from "./mailbox";

test.each([
  ["ada.love.lace+news@gmail.com", "adalovelace@gmail.com"],
  ["a.d.a.lovelace@googlemail.com", "adalovelace@gmail.com"],
  ["ada.lovelace+1@agate.works", "ada.lovelace@agate.works"],
  ["ada+a+b@proton.me", "ada@proton.me"],
  ["ada@pm.me", "ada@proton.me"],
  ["+@agate.works", "+@agate.works"],
])("%s is the mailbox %s", (email, canonical) => {
  expect(mailboxOf(email).canonical).toBe(canonical);
});

test("dots tell mailboxes apart where the provider does", () => {
  expect(mailboxOf("ada.lovelace@agate.works").canonical).not.toBe(
    mailboxOf("adalovelace@agate.works").canonical,
  );
});

test.each([
  ["ada@gmail.com", "gmail.com", "free"],
  ["ada@agate.works", "agate.works", "own"],
  ["ada@x1.mail.agate.works", "agate.works", "own"],
  ["ada@a.agate.co.uk", "agate.co.uk", "own"],
  ["ada@agate.com.br", "agate.com.br", "own"],
  ["ada@uol.com.br", "uol.com.br", "free"],
  ["ada@example.com", "example.com", "reserved"],
  ["ada@mail.agate.test", "agate.test", "reserved"],
  ["ada@notexample.com", "notexample.com", "own"],
])("%s counts under %s, a domain of its %s kind", (email, domain, kind) => {
  expect(mailboxOf(email)).toMatchObject({ domain, kind });
});

import { expect, test, vi } from "vitest";
import { assertStrongPassword } from "./assert-strong-password";

vi.mock("../../platform/env", async (load) => ({
  ...(await load<typeof import("../../platform/env")>()),
  env: () => ({}),
}));

const ada = { email: "ada.lovelace@example.com", name: "Ada Lovelace" };

test.each([
  "correct horse battery staple",
  "Sup3rS3cret!Pass",
  "long-enough-password",
  "пароль из четырёх слов",
  "🐘🦒🦓🐊🐢🐍🦎🐙🦑🦀🐳🐬",
  "x".repeat(4) + "Qz7!".repeat(4) + "unrelated words follow here".repeat(3),
])("%j is accepted", async (password) => {
  await expect(assertStrongPassword(password, ada)).resolves.toBeUndefined();
});

test.each([
  ["short", "elevenchars"],
  ["short, counted in characters rather than code units", "🐘🦒🦓🐊🐢🐍🦎🐙🦑🦀🐳"],
  ["too long", `${"correct horse battery staple ".repeat(4)}${"x".repeat(13)}`],
  ["on every list", "password1234"],
  ["a common one in other letters", "P@ssw0rd1234"],
  ["a common one twice", "passwordpassword"],
  ["a keyboard walk", "1q2w3e4r5t6y"],
  ["one letter", "aaaaaaaaaaaa"],
  ["a row", "123456789012"],
  ["a row backwards", "zyxwvutsrqpo"],
  ["a common one, numbered and signed", "Password1234!"],
  ["a common one in spaces", "let me in let me in"],
  ["a common one doubled with digits", "hunter2hunter2"],
  ["two characters in turn", "ababababababab"],
  ["our name", "agathaai2026!"],
  ["the person's name", "Lovelace1815!"],
  ["the person's address", "ada.lovelace123"],
  ["not Unicode", "correct horse battery \ud800"],
])("refused as weak: %s", async (_why, password) => {
  await expect(assertStrongPassword(password, ada)).rejects.toMatchObject({
    code: "weak_password",
    param: "password",
  });
});

test("the longest password is judged without holding the process up", async () => {
  await assertStrongPassword("correct horse battery staple", ada);
  const startedAt = performance.now();
  await assertStrongPassword("p@$$w0rd4(13".repeat(10).padEnd(128, "unrelated"), ada).catch(() => undefined);
  // A few milliseconds; every spelling of every substitution would take hours.
  expect(performance.now() - startedAt).toBeLessThan(10_000);
});

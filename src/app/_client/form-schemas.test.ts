import { expect, test } from "vitest";
import { emailSchema, passwordSchema, textSchema } from "./form-schemas";

test.each(["ada@example.com", " ada@example.com ", "ada+agate@mail.example.co.uk"])(
  "an email form takes %j, without the blanks around it",
  (typed) => expect(emailSchema.parse(typed)).toBe(typed.trim()),
);

test.each([
  ["", "Enter an email."],
  ["   ", "Enter an email."],
  ["ada", "Enter a full email, such as ada@example.com."],
  ["ada@", "Enter a full email, such as ada@example.com."],
  ["ada lovelace@example.com", "Enter a full email, such as ada@example.com."],
])("an email form refuses %j and says what to enter", (typed, message) => {
  expect(emailSchema.safeParse(typed).error?.issues[0]?.message).toBe(message);
});

test("a text of blanks alone is missing, and a password keeps its blanks", () => {
  expect(textSchema("Enter a name.").safeParse("  ").error?.issues[0]?.message).toBe("Enter a name.");
  expect(passwordSchema("Enter a password.").parse(" agate ")).toBe(" agate ");
});

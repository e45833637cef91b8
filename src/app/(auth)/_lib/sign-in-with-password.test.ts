import { expect, test } from "vitest";
import { signInError } from "./sign-in-with-password";

const other = signInError("something else");

// next-auth 4: https://next-auth.js.org/configuration/pages#error-codes, without those of the email provider.
test.each([
  "OAuthSignin",
  "OAuthCallback",
  "OAuthCreateAccount",
  "Callback",
  "OAuthAccountNotLinked",
  "CredentialsSignin",
  "SessionRequired",
  "AccessDenied",
  "Configuration",
  "email_not_verified",
  "invalid_login",
  "too_many_attempts",
])("%s has a text of its own", (code) => {
  expect(signInError(code)).not.toBe(other);
});

test.each(["", "constructor", "toString", "__proto__", "<b>You have won</b>"])(
  "%j, which anyone can put into the URL, shows only our own text",
  (code) => {
    expect(signInError(code)).toBe(other);
  },
);

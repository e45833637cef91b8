const WRONG = "The email address or the password is wrong.";
const UNFINISHED = "Signing in with that account was not finished. Start again, or use your password.";
const UNREACHABLE = "Signing in is not possible at the moment. Try again in a minute.";

/** What the sign-in route answers in `error`: the codes of `core/platform/errors`, and next-auth's own. */
const texts: Readonly<Record<string, string>> = {
  invalid_login: WRONG,
  CredentialsSignin: WRONG,
  rate_limit_exceeded: "Too many attempts. Wait a minute, then try again.",
  too_many_attempts: "Too many attempts. Wait a few minutes, then try again, or reset your password.",
  service_unavailable: UNREACHABLE,
  internal_error: UNREACHABLE,
  Configuration: UNREACHABLE,
  email_not_verified:
    "That account’s email address is not confirmed. Confirm it with Google or GitHub first, then try again.",
  // Our `email_taken`, under next-auth's name.
  OAuthAccountNotLinked: "An account with this email was created a moment ago. Try again.",
  not_found: "That account has been deleted.",
  AccessDenied: "Sign-in was declined. Nothing was changed.",
  OAuthSignin: UNFINISHED,
  OAuthCallback: UNFINISHED,
  OAuthCreateAccount: UNFINISHED,
  Callback: UNFINISHED,
  SessionRequired: "Sign in to see that page.",
};

/** Anybody can write the code into an address: only our own words are ever shown. */
export function signInError(code: string): string {
  const text = Object.hasOwn(texts, code) ? texts[code] : undefined;
  return text ?? "Signing in did not work. Try again, or reset your password.";
}

const WRONG = "Wrong email or password.";
const UNFINISHED = "Sign-in wasn’t completed. Start again, or use your password.";
const UNREACHABLE = "Sign-in is temporarily unavailable. Try again in a minute.";

/** What the sign-in route answers in `error`: the codes of `core/platform/errors`, and next-auth's own. */
const texts: Readonly<Record<string, string>> = {
  invalid_login: WRONG,
  CredentialsSignin: WRONG,
  rate_limit_exceeded: "Too many attempts. Wait a minute, then try again.",
  too_many_attempts: "Too many attempts. Wait a few minutes, then try again, or reset your password.",
  service_unavailable: UNREACHABLE,
  internal_error: UNREACHABLE,
  Configuration: UNREACHABLE,
  email_not_verified: "That account’s email isn’t verified. Verify it with Google or GitHub, then try again.",
  // Our `email_taken`, under next-auth's name.
  OAuthAccountNotLinked: "An account with this email was just created. Try again.",
  not_found: "That account was deleted.",
  AccessDenied: "Sign-in was declined. Nothing changed.",
  OAuthSignin: UNFINISHED,
  OAuthCallback: UNFINISHED,
  OAuthCreateAccount: UNFINISHED,
  Callback: UNFINISHED,
  SessionRequired: "Sign in to see that page.",
};

/** Anybody can write the code into an address: only our own words are ever shown. */
export function signInError(code: string): string {
  const text = Object.hasOwn(texts, code) ? texts[code] : undefined;
  return text ?? "Sign-in failed. Try again, or reset your password.";
}

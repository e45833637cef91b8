import { callAuth } from "../../_client/auth-call";
import { readFailure } from "../../_client/failure";

const WRONG = "Wrong email or password.";
const UNFINISHED = "Sign-in wasn’t completed. Start again, or use your password.";
const EXPIRED = "This sign-in took too long. Start again.";
const UNREACHABLE = "Sign-in is temporarily unavailable. Try again in a minute.";

/** By what the sign-in route returns as `error`: our own codes (`core/platform/errors`) and next-auth's. */
const texts: Readonly<Record<string, string>> = {
  invalid_login: WRONG,
  second_factor_required: "Enter a code of your authenticator app.",
  passkey_invalid: "This passkey wasn’t accepted. It was removed, or it took too long. Try again.",
  second_factor_invalid: "This code is wrong, too old, or was used before. Enter the newest one.",
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
  company_email:
    "Your company’s identity provider gave no email at a domain that your company has verified. Ask its administrator.",
  company_encrypted:
    "Your company’s identity provider encrypts what it tells us, which we don’t take. Its administrator has to turn off encrypted assertions for AgathaAI.",
  company_signature:
    "Your company’s identity provider signs with an algorithm that we don’t take. Its administrator has to choose RSA with SHA-256 for AgathaAI.",
  company_failed: "Sign-in through your company wasn’t completed. Start again.",
  SessionRequired: "Sign in to see that page.",
};

/** Anyone can put a code into the URL, so only these texts are ever shown. */
export function signInError(code: string): string {
  const text = Object.hasOwn(texts, code) ? texts[code] : undefined;
  return text ?? "Sign-in failed. Try again, or reset your password.";
}

interface Refusal {
  code: string | undefined;
  message: string;
}

/** The second factor as the sign-in routes take it: a code, or what the browser's passkey signed, as JSON. */
export type SentFactor = { totp: string } | { passkey: string };

/** Signs in to the portal. Returns null, or why it failed. */
export async function signInWithPassword(
  account: { email: string; password: string },
  factor?: SentFactor,
): Promise<Refusal | null> {
  try {
    await callAuth("callback/credentials", { ...account, ...factor });
    return null;
  } catch (error) {
    return refusalOf(error);
  }
}

/** Signs in to the portal with a passkey alone. Returns null, or why it failed. */
export async function signInWithPasskey(passkey: string): Promise<Refusal | null> {
  try {
    await callAuth("callback/passkey", { passkey });
    return null;
  } catch (error) {
    return refusalOf(error);
  }
}

/** Ends a sign-in with Google or GitHub by a second factor. Returns where to go, or why it failed. */
export async function finishProviderSignIn(factor: SentFactor): Promise<{ url: string } | Refusal> {
  try {
    return { url: await callAuth("callback/second-factor", { ...factor }) };
  } catch (error) {
    const refusal = refusalOf(error);
    // There was no password to be wrong.
    return refusal.code === "invalid_login" ? { ...refusal, message: EXPIRED } : refusal;
  }
}

function refusalOf(error: unknown): Refusal {
  const { status, code, message } = readFailure(error);
  return { code, message: status === undefined ? message : signInError(code ?? "") };
}

import { signIn } from "next-auth/react";

/** What the sign-in route answers in `error`: our own codes, and next-auth's. */
const reasons: Readonly<Record<string, string>> = {
  invalid_login: "The e-mail address or the password is wrong.",
  CredentialsSignin: "The e-mail address or the password is wrong.",
  too_many_attempts: "Too many attempts. Wait a few minutes, then try again, or reset your password.",
  service_unavailable: "Signing in is not possible at the moment. Try again in a minute.",
};

/** Signs in to the portal. Returns null, or the reason why not. */
export async function signInWithPassword(email: string, password: string): Promise<string | null> {
  try {
    const answer = await signIn("credentials", { redirect: false, email, password });
    if (answer?.ok && !answer.error) return null;
    return reasons[answer?.error ?? ""] ?? "Signing in did not work. Try again in a minute.";
  } catch {
    return "The server cannot be reached. Check your connection, then try again.";
  }
}

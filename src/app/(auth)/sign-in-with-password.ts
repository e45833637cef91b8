import { signIn } from "next-auth/react";
import { signInError } from "./sign-in-error";

/** Signs in to the portal. Returns null, or the reason why not. */
export async function signInWithPassword(email: string, password: string): Promise<string | null> {
  try {
    const answer = await signIn("credentials", { redirect: false, email, password });
    if (answer?.ok && !answer.error) return null;
    return signInError(answer?.error ?? "");
  } catch {
    return "The server cannot be reached. Check your connection, then try again.";
  }
}

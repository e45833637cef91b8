import { callAuth } from "../../_client/auth-call";
import { readFailure } from "../../_client/failure";
import { signInError } from "./sign-in-error";

/** Signs in to the portal. Returns null, or the reason why not. */
export async function signInWithPassword(email: string, password: string): Promise<string | null> {
  try {
    await callAuth("callback/credentials", { email, password });
    return null;
  } catch (error) {
    const { status, code, message } = readFailure(error);
    return status === undefined ? message : signInError(code ?? "");
  }
}

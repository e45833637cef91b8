import { toast } from "@/components/ui/toasts/toast-store";
import { failedResponse } from "./failed-response";
import { readFailure } from "./failure";

/** What our own sign-in routes return; read without a parser, which a second schema library would add to the page. */
interface AuthResponse {
  csrfToken?: string;
  url?: string;
}

/**
 * One call to the sign-in routes, which are next-auth's: first its token against other sites' forms, then the call.
 * Returns the URL to go to. Throws what `readFailure` reads.
 */
export async function callAuth(path: string, fields: Record<string, string>): Promise<string> {
  const csrf = await fetch("/api/auth/csrf");
  if (!csrf.ok) throw await failedResponse(csrf);
  const { csrfToken }: AuthResponse = await csrf.json();
  const body = new URLSearchParams({ ...fields, csrfToken: csrfToken ?? "", json: "true" });
  const response = await fetch(`/api/auth/${path}`, { method: "POST", body });
  if (!response.ok) throw await failedResponse(response);
  const { url }: AuthResponse = await response.json();
  return url ?? "/";
}

/** Signs out here, then goes to `callbackUrl`. */
export async function signOutTo(callbackUrl: string): Promise<void> {
  // Drafts of prompts must not stay for the next person at this browser.
  sessionStorage.clear();
  try {
    location.assign(await callAuth("signout", { callbackUrl }));
  } catch (error) {
    toast("Couldn’t sign out", { description: readFailure(error).message, tone: "danger" });
  }
}

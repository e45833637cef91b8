import { toast } from "@/components/ui/toast-store";
import { callAuth } from "./auth-call";
import { readFailure } from "./failure";

/** Ends the session here, then leads away. */
export async function signOutTo(callbackUrl: string): Promise<void> {
  // Drafts of prompts go with the person.
  sessionStorage.clear();
  try {
    location.assign(await callAuth("signout", { callbackUrl }));
  } catch (error) {
    toast("Couldn’t sign out", { description: readFailure(error).message, tone: "danger" });
  }
}

import { redirect } from "next/navigation";
import { cache } from "react";
import { getPortalPrincipal } from "@/server/auth/session";

/** Looked up once for a page and its layout together. */
export const currentPrincipal = cache(getPortalPrincipal);

/** Sends a visitor without a session to sign in, and back to `path` afterwards. */
export async function requireSignIn(path: string): Promise<void> {
  if (!(await currentPrincipal())) redirect(`/sign-in?next=${encodeURIComponent(path)}`);
}

import { env } from "../../platform/env";

/** The site that passkeys belong to, from the configured public URL; never from what a request says of its host. */
export function relyingParty(): { id: string; name: string; origin: string } {
  const { hostname, origin } = new URL(env().APP_URL);
  return { id: hostname, name: "AgathaAI", origin };
}

/** The account as authenticators keep it: the bytes of its id, which say nothing of the person (WebAuthn §14.6.1). */
export function userHandle(userId: string): string {
  return Buffer.from(userId.replaceAll("-", ""), "hex").toString("base64url");
}

import { isRefreshToken } from "../accounts";
import { isDirectorySecret } from "../company-sign-in";
import { isKeySecret, shownParts } from "../keys";
import { isSecretForm } from "../oauth";
import { isServiceSecret } from "../service-accounts";
import type { LeakKind } from "./schemas";

/** What a text is by its form, and what of it may be repeated; the published patterns are in docs/keys-and-roles.md. */
export interface Recognized {
  kind: LeakKind;
  prefix: string | null;
  last_four: string | null;
}

/** Three parts of base64url, of which the first is a JSON object. */
const SIGNED_TOKEN = /^eyJ[\w-]+\.[\w-]+\.[\w-]+$/;
/** The tokens of apps are the OAuth library's, which have no prefix. */
const OPAQUE = /^[\w-]{43}$/;
const SHOWN = 4;

/** Undefined for what is none of ours. */
export function recognize(text: string): Recognized | undefined {
  if (isKeySecret(text)) return { kind: "api_key", ...checked(text) };
  if (isDirectorySecret(text)) return { kind: "scim_token", ...checked(text) };
  if (isServiceSecret(text)) return { kind: "service_account_secret", ...checked(text) };
  if (isSecretForm(text)) return { kind: "app_secret", ...parts(text, "agt_app_") };
  if (isRefreshToken(text)) return { kind: "refresh_token", ...parts(text, "agr_") };
  if (SIGNED_TOKEN.test(text)) return { kind: "access_token", ...nothing };
  if (OPAQUE.test(text)) return { kind: "refresh_token", ...nothing };
  return undefined;
}

const nothing = { prefix: null, last_four: null };

function checked(text: string) {
  const { prefix, lastFour } = shownParts(text);
  return { prefix, last_four: lastFour };
}

function parts(text: string, prefix: string) {
  return { prefix: text.slice(0, prefix.length + SHOWN), last_four: text.slice(-SHOWN) };
}

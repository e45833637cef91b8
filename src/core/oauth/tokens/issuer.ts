import { env } from "../../platform/env";

/**
 * RFC 8414 §2: where the metadata is found, and what `iss` says. It has no slash at its end, because clients compare it
 * as text.
 */
export function issuer(): string {
  return new URL(env().APP_URL).origin;
}

/** What RFC 8707 calls the resource: the only API that tokens of apps are for. */
export function apiResource(): string {
  return issuer();
}

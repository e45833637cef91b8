import { sha256 } from "../../platform/crypto/hash";

/** What the response to a request has to say that it is in response to: made of the state, so that nothing more is stored. */
export function requestIdOf(state: string): string {
  return `_${Buffer.from(sha256(`saml request ${state}`)).toString("hex")}`;
}

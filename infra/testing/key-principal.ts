import { type KeyPrincipal, newId } from "../../src/core/platform";

/** A caller with a live key of the plan Pro, for code that only reads who is calling: no row stands behind it. */
export function keyPrincipal(more: Partial<KeyPrincipal> = {}): KeyPrincipal {
  const apiKeyId = newId();
  return {
    kind: "key",
    orgId: newId(),
    apiKeyId,
    spendId: apiKeyId,
    userId: null,
    plan: "pro",
    requestsPerMinute: 100,
    environment: "live",
    scopes: new Set(),
    models: [],
    rpmLimit: null,
    ...more,
  };
}

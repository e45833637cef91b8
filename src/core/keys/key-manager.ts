import { AppError } from "../platform/errors";
import type { Principal, Scope, UserPrincipal } from "../platform/principal";

/**
 * Keys are made, rotated and revoked by people whose role allows it, never by another key.
 * @throws AppError `insufficient_scope` or `insufficient_role`.
 */
export function asKeyManager(principal: Principal): UserPrincipal {
  if (principal.kind === "key") {
    throw new AppError("insufficient_scope", {
      public: "API keys are managed by people: sign in and use the portal or an access token.",
    });
  }
  if (!principal.scopes.has("keys:write")) {
    throw new AppError("insufficient_role", {
      public: "Your role in this organization does not allow managing API keys. Ask an owner or admin.",
    });
  }
  return principal;
}

/** @throws AppError `insufficient_scope` (param `scopes`) when a scope is not the maker's own to give. */
export function assertMayGrant(maker: UserPrincipal, wanted: readonly Scope[]): void {
  const missing = wanted.find((scope) => !maker.scopes.has(scope));
  if (missing === undefined) return;
  throw new AppError("insufficient_scope", {
    public: `You cannot give a key the scope ${missing}: your own role does not have it.`,
    param: "scopes",
  });
}

/** Another organization's key answers the same as one that never was. */
export function keyNotFound(): AppError {
  return new AppError("not_found", { public: "There is no such API key in your organization.", param: "id" });
}

import { AppError } from "@agathaai/core/platform";
import { oauthProviders } from "./oauth-providers";

export interface AuthRoute {
  method: "GET" | "POST";
  /** The action, then the provider. */
  segments: readonly [action: string, provider?: string];
  /** Query parameters that reach next-auth; all others are dropped. */
  query: readonly string[];
}

/** Query parameters of a provider's callback (RFC 6749 §4.1.2, OpenID Connect Core §3.1.2.5, RFC 9207). */
const PROVIDER_CALLBACK = ["code", "state", "error", "error_description", "iss"] as const;
const RETURN = ["callbackUrl", "error"] as const;

/**
 * The routes of next-auth that this site serves. Not its others: `_log` writes anything it is sent into the log, and its
 * pages for signing in and out are replaced by ours.
 */
function routes(): AuthRoute[] {
  const providers = oauthProviders().map(({ id }) => id);
  return [
    { method: "GET", segments: ["csrf"], query: [] },
    { method: "GET", segments: ["providers"], query: [] },
    { method: "GET", segments: ["session"], query: [] },
    // After a failed sign-in next-auth redirects here, and from here to the sign-in page.
    { method: "GET", segments: ["signin"], query: RETURN },
    { method: "GET", segments: ["error"], query: RETURN },
    { method: "POST", segments: ["callback", "credentials"], query: [] },
    { method: "POST", segments: ["callback", "second-factor"], query: [] },
    { method: "POST", segments: ["callback", "passkey"], query: [] },
    { method: "POST", segments: ["signout"], query: [] },
    ...providers.flatMap((id): AuthRoute[] => [
      { method: "POST", segments: ["signin", id], query: [] },
      { method: "GET", segments: ["callback", id], query: PROVIDER_CALLBACK },
    ]),
  ];
}

/** @throws AppError `unknown_route`, `method_not_allowed`. */
export function findAuthRoute(method: string, pathname: string): AuthRoute {
  const path = pathname.replace(/^\/api\/auth\/?/, "");
  const here = routes().filter(({ segments }) => segments.join("/") === path);
  // HEAD is GET without the body (RFC 9110 §9.3.2).
  const found = here.find((route) => route.method === (method === "HEAD" ? "GET" : method));
  if (found !== undefined) return found;
  if (here.length === 0) throw new AppError("unknown_route", { public: "Sign-in route not found." });
  const allowed = here.map((route) => route.method).join(", ");
  throw new AppError("method_not_allowed", { public: `This path only supports ${allowed}.` });
}

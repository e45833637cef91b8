import { AppError } from "@agathaai/core/platform/errors";
import { oauthProviders } from "./oauth-providers";

export interface AuthRoute {
  method: "GET" | "POST";
  /** As next-auth takes it: the action, then the provider. */
  segments: readonly [action: string, provider?: string];
  /** Parameters of the address that reach next-auth; all others are dropped. */
  query: readonly string[];
}

/** What a provider sends back (RFC 6749 §4.1.2, OpenID Connect Core §3.1.2.5, RFC 9207). */
const ANSWER = ["code", "state", "error", "error_description", "iss"] as const;
const WAY_BACK = ["callbackUrl", "error"] as const;

/**
 * The routes of next-auth that this site uses. Its others are not served: `_log` writes what anyone sends into the log,
 * and its own pages for signing in and out are not ours.
 */
function routes(): AuthRoute[] {
  const providers = oauthProviders().map(({ id }) => id);
  return [
    { method: "GET", segments: ["csrf"], query: [] },
    { method: "GET", segments: ["providers"], query: [] },
    { method: "GET", segments: ["session"], query: [] },
    // Where next-auth sends who did not get in; it leads on to the sign-in page.
    { method: "GET", segments: ["signin"], query: WAY_BACK },
    { method: "GET", segments: ["error"], query: WAY_BACK },
    { method: "POST", segments: ["callback", "credentials"], query: [] },
    { method: "POST", segments: ["signout"], query: [] },
    ...providers.flatMap((id): AuthRoute[] => [
      { method: "POST", segments: ["signin", id], query: [] },
      { method: "GET", segments: ["callback", id], query: ANSWER },
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

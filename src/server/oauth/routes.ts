import type { IncomingMessage } from "node:http";
import { openidMetadataPath, paths, resourceMetadataPath, serverMetadataPath } from "./paths";

/** Who answers: the protocol library, or a function of ours. */
type Kind =
  | "library"
  | "resource"
  | "userinfo"
  | "consent"
  | "decision"
  | "device_request"
  | "device_decision"
  | "logo";

export interface OauthRoute {
  method: "GET" | "POST";
  /** With `{id}` for its variable part, as in the API document. */
  path: `/${string}`;
  kind: Kind;
  /** A document or image that anyone may read any number of times. */
  unlimited?: boolean;
  /** Called by our own pages only, and not part of the API document. */
  internal?: boolean;
}

export const oauthRoutes: readonly OauthRoute[] = [
  { method: "GET", path: serverMetadataPath, kind: "library", unlimited: true },
  { method: "GET", path: openidMetadataPath, kind: "library", unlimited: true },
  { method: "GET", path: resourceMetadataPath, kind: "resource", unlimited: true },
  { method: "GET", path: paths.authorize, kind: "library" },
  { method: "GET", path: `${paths.authorize}/{id}`, kind: "library", internal: true },
  { method: "POST", path: paths.token, kind: "library" },
  { method: "POST", path: paths.revoke, kind: "library" },
  { method: "POST", path: paths.introspect, kind: "library" },
  { method: "GET", path: paths.userinfo, kind: "userinfo" },
  { method: "POST", path: paths.deviceAuthorization, kind: "library" },
  { method: "POST", path: `${paths.deviceCalls}/request`, kind: "device_request", internal: true },
  { method: "POST", path: `${paths.deviceCalls}/decision`, kind: "device_decision", internal: true },
  { method: "GET", path: `${paths.consent}/{id}/request`, kind: "consent", internal: true },
  { method: "POST", path: `${paths.consent}/{id}`, kind: "decision", internal: true },
  { method: "GET", path: "/oauth/apps/{id}/logo", kind: "logo", unlimited: true, internal: true },
];

export interface FoundRoute {
  /** Undefined when the path exists, but not with this method. */
  route: OauthRoute | undefined;
  methods: readonly string[];
  pattern: string;
  id: string;
}

const patterns = [...new Set(oauthRoutes.map(({ path }) => path))].map((path) => ({
  path,
  match: new RegExp(`^${path.replaceAll(".", "\\.").replace("{id}", "(?<id>[\\w-]+)")}$`),
  routes: oauthRoutes.filter((route) => route.path === path),
}));
const consentPage = new RegExp(`^${paths.consent}/[\\w-]+$`);

/** The route of a request; undefined when the request is for a page or the API. */
export function findOauthRoute({
  url = "/",
  method = "GET",
  headers,
}: IncomingMessage): FoundRoute | undefined {
  const end = url.search(/[?#]/);
  const path = end === -1 ? url : url.slice(0, end);
  if (!path.startsWith("/oauth/") && !path.startsWith("/.well-known/o")) return undefined;
  const reading = method === "GET" || method === "HEAD";
  if (reading && consentPage.test(path)) return undefined;
  for (const { path: pattern, match, routes } of patterns) {
    const found = match.exec(path);
    if (found === null) continue;
    // The library answers preflights for the origins of the app that asks.
    const asked = method === "HEAD" ? "GET" : method;
    const asks = method === "OPTIONS" && headers.origin && headers["access-control-request-method"];
    const preflight = asks ? routes.find(({ kind }) => kind === "library") : undefined;
    return {
      route:
        routes.find((route) => route.method === asked) ??
        (pattern === paths.authorize ? undefined : preflight),
      methods: routes.flatMap((route) => (route.method === "GET" ? ["GET", "HEAD"] : [route.method])),
      pattern,
      id: found.groups?.id ?? "",
    };
  }
  return undefined;
}

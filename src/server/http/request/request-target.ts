import type { IncomingMessage } from "node:http";

/**
 * Normalizes a request's host and target for everything that reads them later (RFC 9112 §3.2, §3.3). Returns what is wrong
 * if that is impossible; the response is then 400, for pages and API alike.
 *
 * - HTTP/1.1 without exactly one Host is refused: a proxy that routes by another one than we do could be fooled.
 * - `GET http://host/path` is taken as `GET /path` for that host, whatever Host says.
 * - HTTP/1.0 may come without Host; it is then for us.
 */
export function settleTarget(request: IncomingMessage, ownHost: string): string | undefined {
  const hosts = hostCount(request.rawHeaders);
  if (hosts > 1) return "The request has more than one Host header.";
  if (hosts === 0) {
    if (request.httpVersion !== "1.0") return "The request has no Host header.";
    request.headers.host = ownHost;
  }
  const { url = "/" } = request;
  if (url.startsWith("/")) return undefined;
  if (url === "*" && request.method === "OPTIONS") {
    request.url = "/";
    return undefined;
  }
  const absolute = /^https?:\/\/(?<host>[^/?#@]+)(?<path>[/?].*)?$/is.exec(url)?.groups;
  if (absolute?.host === undefined) return "The request’s URL is not valid.";
  request.headers.host = absolute.host;
  const { path = "/" } = absolute;
  request.url = path.startsWith("/") ? path : `/${path}`;
  return undefined;
}

/** Node keeps the first of several; only the raw headers still know. */
function hostCount(rawHeaders: readonly string[]): number {
  let count = 0;
  for (let at = 0; at < rawHeaders.length; at += 2) {
    const name = rawHeaders[at];
    if (name?.length === 4 && name.toLowerCase() === "host") count += 1;
  }
  return count;
}

/** Next's own mounts under `/api`: the portal's procedures and sign-in. */
const pageMounts = /^\/api\/(trpc|auth)(\/|$)/;
const apiPaths = /^\/(api|v1)(\/|$)|^\/\.well-known\/jwks\.json$/;

/** Whether a request target (path and query) belongs to the API rather than to the portal. */
export function isApiPath(target: string): boolean {
  const end = target.search(/[?#]/);
  const path = end === -1 ? target : target.slice(0, end);
  return apiPaths.test(path) && !pageMounts.test(path);
}

import { createHash, timingSafeEqual } from "node:crypto";
import type { IncomingMessage } from "node:http";

/** `hidden`: respond as if there were no metrics. `refused`: a token is needed. */
export type ScrapeAccess = "granted" | "refused" | "hidden";

/** Any of these headers means that the request came through a proxy. */
const forwardingHeaders = [
  "forwarded",
  "via",
  "x-forwarded-for",
  "x-forwarded-host",
  "x-forwarded-proto",
  "x-real-ip",
  "cf-connecting-ip",
  "true-client-ip",
];
const loopbackAddress = /^(127\.\d+\.\d+\.\d+|::1|::ffff:127\.\d+\.\d+\.\d+)$/;
const loopbackHost = /^(localhost|127\.\d+\.\d+\.\d+|\[::1\])(:\d+)?$/i;

/**
 * Whether a request may read the metrics. With a token configured: if it sends the token. Without one: only if it came
 * directly from this machine under a local name, because a proxy here forwards strangers, and a stranger's web page can
 * point its own name at this machine. Without a token, all other callers get a 404.
 */
export function scrapeAccess(request: IncomingMessage, token: string | undefined): ScrapeAccess {
  const { headers, socket } = request;
  if (token !== undefined) {
    const sent = /^Bearer +(\S+)$/i.exec(headers.authorization ?? "")?.[1];
    return sent !== undefined && same(sent, token) ? "granted" : "refused";
  }
  const direct = forwardingHeaders.every((name) => headers[name] === undefined);
  const local = loopbackAddress.test(socket.remoteAddress ?? "") && loopbackHost.test(headers.host ?? "");
  return direct && local ? "granted" : "hidden";
}

/** Hashing makes the lengths equal, so that the comparison's duration reveals nothing. */
function same(sent: string, token: string): boolean {
  const digest = (text: string) => createHash("sha256").update(text).digest();
  return timingSafeEqual(digest(sent), digest(token));
}

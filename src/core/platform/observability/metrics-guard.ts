import { createHash, timingSafeEqual } from "node:crypto";
import type { IncomingMessage } from "node:http";

/** `hidden`: as if there were nothing here. `refused`: a token is needed. */
export type ScrapeAccess = "granted" | "refused" | "hidden";

/** Any of them means that somebody else stands behind the connection. */
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
 * Who may read the metrics: with a token configured, whoever sends it. Without one, only a caller on this very machine
 * that came directly and by a local name (a reverse proxy here forwards strangers; a page of a stranger's can point
 * its own name at this machine): everybody else learns nothing, not even that metrics exist.
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

/** Hashing first makes the lengths equal, so that the comparison's time tells nothing. */
function same(sent: string, token: string): boolean {
  const digest = (text: string) => createHash("sha256").update(text).digest();
  return timingSafeEqual(digest(sent), digest(token));
}

import type { IncomingMessage, Server, ServerResponse } from "node:http";
import { newRequestId } from "@agathaai/core/platform";
import { log } from "@agathaai/core/platform/observability/log";
import { countRequest } from "./count-request";
import { cspReportPath, takeCspReport } from "./csp/csp-report";
import type { Lifecycle } from "./lifecycle";
import { pageSection } from "./page-section";
import { clientAddress } from "./request/client-address";
import { newNonce, pageHeaders, type SecurityPolicy } from "./security-headers";

export interface PagesOptions {
  server: Server;
  security: SecurityPolicy;
  lifecycle: Lifecycle;
  trustedProxyHops: number;
}

export interface Pages {
  handle: (request: IncomingMessage, response: ServerResponse) => Promise<void>;
  close: () => Promise<void>;
}

/** The portal: Next behind our own headers. Imported only when pages are served. */
export async function openPages({
  server,
  security,
  lifecycle,
  trustedProxyHops,
}: PagesOptions): Promise<Pages> {
  const { default: next } = await import("next");
  // Given the server, Next attaches its own upgrade handler for hot reload.
  const app = next({ dev: security.development, httpServer: server, quiet: !security.development });
  await app.prepare();
  const handle = app.getRequestHandler();

  return {
    handle: async (request, response) => {
      if (request.url === cspReportPath) {
        await takeCspReport(request, response, clientAddress(request, trustedProxyHops));
        return;
      }
      const requestId = newRequestId();
      sanitize(request, clientAddress(request, trustedProxyHops), trustedProxyHops, requestId);
      const headers = pageHeaders(security, newNonce());
      // Next reads the nonce out of the request's policy and puts it on every script it renders.
      request.headers["content-security-policy"] = headers["content-security-policy"];
      for (const [name, value] of Object.entries(headers)) response.setHeader(name, value);
      response.setHeader("x-request-id", requestId);
      if (lifecycle.draining) response.setHeader("connection", "close");
      logWhenSent(request, response, requestId);
      await handle(request, response);
    },
    close: () => app.close(),
  };
}

/**
 * Headers that pages and their mounts trust must be ours: the caller's address as we know it, our request id, the
 * page asked for (Next does not tell a layout, which sends visitors to sign in and back), and no claims about host or scheme unless a trusted proxy made them.
 */
function sanitize(request: IncomingMessage, ip: string, trustedProxyHops: number, requestId: string): void {
  request.headers["x-forwarded-for"] = ip;
  request.headers["x-request-id"] = requestId;
  request.headers["x-page-path"] = request.url ?? "/";
  if (trustedProxyHops === 0) {
    delete request.headers["x-forwarded-host"];
    delete request.headers["x-forwarded-proto"];
    delete request.headers["x-forwarded-port"];
  }
}

/** One line per page; only the first part of its path, because paths may name things of the customer, or hold anything. */
function logWhenSent(request: IncomingMessage, response: ServerResponse, requestId: string): void {
  const startedAt = performance.now();
  const section = pageSection(request.url);
  response.once("close", () => {
    const { method } = request;
    const seconds = (performance.now() - startedAt) / 1_000;
    countRequest({ route: pageGroup(request.url), method, status: response.statusCode, seconds });
    if (section === "/_next") return;
    const ms = Math.round(seconds * 10_000) / 10;
    log().info({ method, route: section, status: response.statusCode, ms, request_id: requestId }, "page");
  });
}

/** Anyone can invent page URLs, so metrics know only four groups of them. */
function pageGroup(url = "/"): string {
  return /^\/(_next|api\/trpc|api\/auth|api\/webhooks)\//.exec(url)?.[0].slice(0, -1) ?? "pages";
}

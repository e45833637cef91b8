import { once } from "node:events";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { Socket } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { AppError, newRequestId, SECOND, toErrorEnvelope } from "@agathaai/core/platform";
import { type Standing, standing } from "@agathaai/core/platform/cell/standing";
import { log } from "@agathaai/core/platform/observability/log";
import { closeIfStalled } from "./end-response";
import { isApiPath, settleTarget } from "./request/request-target";

type Handler = (request: IncomingMessage, response: ServerResponse) => Promise<void>;

export interface Handlers {
  /** Model calls that are answered at once; looked at before the API's other paths. */
  gateway: { takes(request: IncomingMessage): boolean; handle: Handler };
  /** OAuth's endpoints, which answer in its own words. */
  oauth: { takes(request: IncomingMessage): boolean; handle: Handler };
  /** Companies' directories, which speak SCIM. */
  scim: { takes(request: IncomingMessage): boolean; handle: Handler };
  /** The busiest calls of the REST API, where it has a way of their own. */
  direct: { find(request: IncomingMessage): Handler | undefined };
  api: Handler;
  /** Absent when this process serves the API alone. */
  pages: Handler | undefined;
  /** Nothing may be served yet: every request but the health check gets 503 with `retry-after`. */
  held: boolean;
}

/**
 * How long a connection may rest. Behind a load balancer longer than the balancer lets it: one that closes first is picked for
 * one request more, which gets 502. `infra/aws` lets it rest for 610 s, since a whole answer may take 600.
 */
const RESTS_MS = { direct: 75 * SECOND, behindProxy: 650 * SECOND };

/** One server for API and portal. The time-outs limit how long a request may take to arrive, never how long a response may that is read. */
export function createHttpServer(
  handlers: () => Handlers,
  { ownHost, behindProxy }: { ownHost: string; behindProxy: boolean },
): Server {
  const serve = (request: IncomingMessage, response: ServerResponse) => {
    const wrong = settleTarget(request, ownHost);
    if (wrong !== undefined) return refuseTarget(response, wrong);
    const { gateway, oauth, scim, direct, api, pages, held } = handlers();
    if (request.url !== "/api/health") {
      if (held) return refuseHeld(response, "AgathaAI is starting. Try again in a moment.");
      if (!SERVING.has(standing()))
        return refuseHeld(response, "Another region is taking over. Try again in a moment.");
    }
    const rest = pages === undefined || isApiPath(request.url ?? "/") ? api : pages;
    // The gateway does it itself, for less.
    const isGateway = gateway.takes(request);
    if (!isGateway) response.once("prefinish", () => closeIfStalled(response));
    const handle = isGateway
      ? gateway.handle
      : oauth.takes(request)
        ? oauth.handle
        : scim.takes(request)
          ? scim.handle
          : (direct.find(request) ?? rest);
    handle(request, response).catch((error: unknown) => failRequest(response, error));
  };
  const server = createServer(
    {
      headersTimeout: 15 * SECOND,
      requestTimeout: 120 * SECOND,
      keepAliveTimeout: behindProxy ? RESTS_MS.behindProxy : RESTS_MS.direct,
      connectionsCheckingInterval: 5 * SECOND,
      maxHeaderSize: 16 * 1024,
      // Refused by ourselves (RFC 9112 §3.2), in our envelope.
      requireHostHeader: false,
    },
    serve,
  );
  // Any expectation other than "100-continue" is ignored rather than refused (RFC 9110 §10.1.1 allows both).
  server.on("checkExpectation", serve);
  server.on("clientError", refuseMalformed);
  return server;
}

interface CloseOptions {
  /** How long new connections are still taken, for load balancers that have not yet noticed. */
  lameDuckMs: number;
  /** How long calls in flight may take to finish; the rest is then cut off. */
  graceMs: number;
}

/** Stops taking connections, lets calls in flight finish, and resolves when none is left. */
export async function closeServer(server: Server, { lameDuckMs, graceMs }: CloseOptions): Promise<void> {
  const deadline = Date.now() + graceMs;
  if (lameDuckMs > 0) await sleep(Math.min(lameDuckMs, graceMs / 2));
  const closed = once(server, "close");
  server.close();
  // A connection is idle only once its response is sent, so close idle ones repeatedly until all are gone.
  const closeIdle = setInterval(() => server.closeIdleConnections(), 100);
  const cut = setTimeout(() => server.closeAllConnections(), Math.max(0, deadline - Date.now()));
  await closed;
  clearInterval(closeIdle);
  clearTimeout(cut);
}

/** A handler that throws has a defect; the caller still gets a response if none was started. */
function failRequest(response: ServerResponse, error: unknown): void {
  const requestId = newRequestId();
  log().error({ err: error, request_id: requestId }, "a request handler failed");
  if (response.headersSent) {
    response.destroy();
    return;
  }
  const problem = new AppError("internal_error", { public: "Something failed on our side." });
  response.writeHead(500, { "content-type": "application/json; charset=utf-8", "x-request-id": requestId });
  response.end(JSON.stringify(toErrorEnvelope(problem, requestId)));
}

function refuseTarget(response: ServerResponse, message: string): void {
  refuse(response, new AppError("invalid_request", { public: message }));
}

const RETRY_SECONDS = 5;

/** A standby answers what only reads; its database refuses the rest. */
const SERVING: ReadonlySet<Standing> = new Set(["alone", "active", "standby"]);

function refuseHeld(response: ServerResponse, message: string): void {
  const problem = new AppError("service_unavailable", {
    public: message,
    retryAfterSeconds: RETRY_SECONDS,
  });
  response.setHeader("retry-after", RETRY_SECONDS);
  refuse(response, problem);
}

function refuse(response: ServerResponse, problem: AppError): void {
  const requestId = newRequestId();
  response.writeHead(problem.status, {
    connection: "close",
    "content-type": "application/json; charset=utf-8",
    "x-request-id": requestId,
  });
  response.end(JSON.stringify(toErrorEnvelope(problem, requestId)));
}

/** Malformed HTTP still gets our error envelope; then the connection ends. */
function refuseMalformed(error: NodeJS.ErrnoException, socket: Socket): void {
  if (error.code === "ECONNRESET" || !socket.writable) {
    socket.destroy();
    return;
  }
  const tooLarge = error.code === "HPE_HEADER_OVERFLOW";
  const timedOut = error.code === "ERR_HTTP_REQUEST_TIMEOUT";
  const status = tooLarge
    ? "431 Request Header Fields Too Large"
    : timedOut
      ? "408 Request Timeout"
      : "400 Bad Request";
  const message = tooLarge
    ? "The request’s headers are too large."
    : timedOut
      ? "The request took too long to arrive."
      : "This is not a valid HTTP request.";
  const requestId = newRequestId();
  const body = JSON.stringify(
    toErrorEnvelope(new AppError("invalid_request", { public: message }), requestId),
  );
  socket.end(
    `HTTP/1.1 ${status}\r\nconnection: close\r\ncontent-type: application/json; charset=utf-8\r\nx-request-id: ${requestId}\r\ncontent-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`,
  );
}

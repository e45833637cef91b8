import type { IncomingMessage, ServerResponse } from "node:http";
import { ipFingerprint } from "@agathaai/core/accounts";
import { consumeLimit } from "@agathaai/core/limits";
import { apiResource, appScopes, issuer, readLogo } from "@agathaai/core/oauth";
import {
  AppError,
  type Db,
  fromPublicId,
  MINUTE,
  newRequestId,
  SECOND,
  toErrorEnvelope,
} from "@agathaai/core/platform";
import { log } from "@agathaai/core/platform/observability/log";
import type Provider from "oidc-provider";
import { z } from "zod";
import { describeInvalid } from "../errors/describe-invalid";
import { errorHeaders, logFailure } from "../errors/report-error";
import { toAppError } from "../errors/to-app-error";
import { countRequest } from "../http/count-request";
import type { Lifecycle } from "../http/lifecycle";
import { clientAddress } from "../http/request/client-address";
import { apiHeaders, type SecurityPolicy } from "../http/security-headers";
import { challengeOf } from "../rest/respond";
import { decideConsent, readConsent } from "./consent";
import { decideDevice, readDevice } from "./device";
import { findOauthRoute, type OauthRoute } from "./routes";
import { readUserinfo } from "./userinfo";

export interface OauthOptions {
  db: Db;
  lifecycle: Lifecycle;
  security: SecurityPolicy;
  trustedProxyHops: number;
  provider: Provider;
}

/**
 * The API's policy. The library adds the hash of its one script, which posts the response back to the app
 * (`response_mode=form_post`).
 */
const LIBRARY_POLICY = "default-src 'none'; script-src 'report-sample'; frame-ancestors 'none'";

/**
 * Calls per minute from one IP address: enough for a server that refreshes many people's tokens, too few to guess a
 * secret.
 */
const ADDRESS_PER_MINUTE = 300;

interface Call {
  incoming: IncomingMessage;
  outgoing: ServerResponse;
  /** The variable part of the path: the ID of an app or of an authorization request. */
  id: string;
}

/**
 * Serves the OAuth endpoints and the calls of the consent page. They are not part of the REST API, because RFC 6749
 * sets their errors and bodies.
 */
export function createOauth({ db, lifecycle, security, trustedProxyHops, provider }: OauthOptions) {
  const host = new URL(issuer()).host;
  const protocol = new URL(issuer()).protocol.slice(0, -1);
  const library = provider.callback();

  const serve = async (route: OauthRoute, call: Call, ip: string) => {
    const { incoming, outgoing } = call;
    switch (route.kind) {
      case "library": {
        // The library builds URLs from the host, so it gets our public one and not the caller's.
        incoming.headers.host = host;
        incoming.headers["x-forwarded-proto"] = protocol;
        incoming.headers["x-forwarded-for"] = ip;
        delete incoming.headers["x-forwarded-host"];
        if (route.method === "GET") outgoing.setHeader("content-security-policy", LIBRARY_POLICY);
        return await library(incoming, outgoing);
      }
      case "resource":
        return sendJson(outgoing, 200, resourceMetadata(), { "access-control-allow-origin": "*" });
      case "userinfo":
        outgoing.setHeader("access-control-allow-origin", "*");
        return sendJson(outgoing, 200, await readUserinfo(db, incoming.headers.authorization));
      case "consent":
        return sendJson(outgoing, 200, await readConsent(provider, db, { uid: call.id, ...call }));
      case "decision":
        return sendJson(outgoing, 200, await decideConsent(provider, db, { uid: call.id, ...call }));
      case "device_request":
        return sendJson(outgoing, 200, await readDevice(provider, db, { incoming, ip }));
      case "device_decision":
        return sendJson(outgoing, 200, await decideDevice(provider, db, { incoming, ip }));
      case "logo":
        return await sendLogo(db, call);
    }
  };

  return {
    takes: (request: IncomingMessage) => findOauthRoute(request) !== undefined,
    handle: async (incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> => {
      const found = findOauthRoute(incoming);
      if (found === undefined) throw new Error("a request of no OAuth route");
      const requestId = newRequestId();
      for (const [name, value] of Object.entries(apiHeaders(security))) outgoing.setHeader(name, value);
      outgoing.setHeader("x-request-id", requestId);
      if (lifecycle.draining) outgoing.setHeader("connection", "close");
      const startedAt = performance.now();
      outgoing.once("close", () =>
        report(incoming, outgoing, { route: found.pattern, requestId, startedAt }),
      );
      try {
        const { route } = found;
        if (route === undefined) return refuseMethod(outgoing, incoming, found.methods);
        const ip = clientAddress(incoming, trustedProxyHops);
        if (!route.unlimited) await throttle(db, ip);
        await serve(route, { incoming, outgoing, id: found.id }, ip);
      } catch (error) {
        sendFailure(outgoing, error, { requestId, route: found.pattern });
      }
    },
  };
}

async function throttle(db: Db, ip: string): Promise<void> {
  const key = `oauth:address:${ipFingerprint(ip)}`;
  const decision = await consumeLimit(db, { key, limit: ADDRESS_PER_MINUTE, windowMs: MINUTE });
  if (decision.allowed) return;
  throw new AppError("too_many_attempts", {
    public: "Too many calls from your network address. Try again in a minute.",
    retryAfterSeconds: Math.max(1, Math.ceil((decision.resetAt.getTime() - Date.now()) / SECOND)),
  });
}

/** RFC 9728: which authorization server issues tokens for our API, and how to send them. */
function resourceMetadata() {
  return {
    resource: apiResource(),
    authorization_servers: [issuer()],
    jwks_uri: `${issuer()}/.well-known/jwks.json`,
    scopes_supported: appScopes,
    bearer_methods_supported: ["header"],
    resource_name: "AgathaAI API",
    resource_documentation: `${issuer()}/docs/oauth`,
  };
}

async function sendLogo(db: Db, { outgoing, id }: Call): Promise<void> {
  const logo = await readLogo(db, fromPublicId("app", id));
  if (logo === null) throw new AppError("not_found", { public: "This app has no logo." });
  outgoing.writeHead(200, {
    "content-type": "image/png",
    "content-length": logo.byteLength,
    // The URL holds a hash of the content.
    "cache-control": "public, max-age=31536000, immutable",
  });
  outgoing.end(logo);
}

function sendJson(
  outgoing: ServerResponse,
  status: number,
  body: unknown,
  headers: Record<string, string> = {},
): void {
  outgoing.writeHead(status, { "content-type": "application/json; charset=utf-8", ...headers });
  outgoing.end(JSON.stringify(body));
}

function sendFailure(
  outgoing: ServerResponse,
  error: unknown,
  { requestId, route }: { requestId: string; route: string },
): void {
  const problem = error instanceof z.ZodError ? describeInvalid(error) : toAppError(error);
  logFailure(problem, { request_id: requestId, route });
  if (outgoing.headersSent) {
    outgoing.destroy();
    return;
  }
  const asks = challengeOf(problem);
  sendJson(outgoing, problem.status, toErrorEnvelope(problem, requestId), {
    ...errorHeaders(problem),
    ...(asks !== undefined && { "www-authenticate": asks }),
  });
}

function refuseMethod(outgoing: ServerResponse, incoming: IncomingMessage, methods: readonly string[]): void {
  outgoing.setHeader("allow", [...methods, "OPTIONS"].join(", "));
  if (incoming.method === "OPTIONS") {
    outgoing.writeHead(204, {
      "access-control-allow-origin": "*",
      "access-control-allow-methods": methods.join(", "),
      "access-control-allow-headers": "authorization, content-type",
      "access-control-max-age": "7200",
    });
    outgoing.end();
    return;
  }
  throw new AppError("method_not_allowed", {
    public: `This path does not support ${incoming.method}. It supports ${methods.join(", ")}.`,
  });
}

function report(
  { method }: IncomingMessage,
  { statusCode: status, headersSent }: ServerResponse,
  { route, requestId, startedAt }: { route: string; requestId: string; startedAt: number },
): void {
  const ms = performance.now() - startedAt;
  const ended = headersSent ? status : 499;
  countRequest({ route, method, status: ended, seconds: ms / SECOND });
  log().info(
    { method, route, status: ended, ms: Math.round(ms * 10) / 10, request_id: requestId },
    "request",
  );
}

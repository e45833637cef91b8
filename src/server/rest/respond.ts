import { issuer } from "@agathaai/core/oauth";
import { AppError, newRequestId, toErrorEnvelope } from "@agathaai/core/platform";
import { errorHeaders, logFailure } from "../errors/report-error";
import { fileBody, fileHeaders } from "../http/file-body";
import { apiHeaders, type SecurityPolicy } from "../http/security-headers";
import { resourceMetadataPath } from "../oauth/paths";
import type { FileOutput } from "../trpc/meta";
import type { Call } from "./call";

const JSON_TYPE = "application/json; charset=utf-8";

export function respondJson(call: Call, status: number, body: unknown): Response {
  call.headers.set("content-type", JSON_TYPE);
  return new Response(JSON.stringify(body), { status, headers: call.headers });
}

export function respondFile(call: Call, { filename, pieces }: FileOutput): Response {
  for (const [name, value] of Object.entries(fileHeaders(filename))) call.headers.set(name, value);
  const body = fileBody(pieces, (error) => {
    logFailure(error, { request_id: call.requestId, route: call.route });
  });
  return new Response(body, { status: 200, headers: call.headers });
}

export function respondEmpty(call: Call, status: 204): Response {
  return new Response(null, { status, headers: call.headers });
}

/** The customers' error envelope with the headers that go with it. */
export function respondError(call: Call, error: AppError): Response {
  const { status } = error;
  call.errorCode = error.code;
  for (const [name, value] of Object.entries(errorHeaders(error))) call.headers.set(name, value);
  const asks = challengeOf(error);
  if (asks !== undefined) call.headers.set("www-authenticate", asks);
  return respondJson(call, status, toErrorEnvelope(error, call.requestId));
}

/**
 * The challenge that goes with an error, where credentials of another kind would help: with 401, and with 403 for an OAuth token that
 * lacks a scope (RFC 6750 §3.1). A key, or a call that no token may make, gets none: there is nothing to ask for.
 */
export function challengeOf(error: AppError): string | undefined {
  if (error.status === 401) return challenge(error);
  return error.neededScope === undefined ? undefined : challenge(error);
}

/**
 * RFC 6750 §3: no error attribute when no credentials were sent. RFC 9728 §5.1: where a client that knows only this URL finds who
 * issues tokens for it.
 */
function challenge(error: AppError): string {
  return `${plainChallenge(error)}, resource_metadata="${issuer()}${resourceMetadataPath}"`;
}

/** The same for what takes no OAuth token. */
export function plainChallenge(error: AppError): string {
  const realm = 'Bearer realm="AgathaAI"';
  if (error.code === "missing_credentials") return realm;
  return error.neededScope === undefined
    ? `${realm}, error="invalid_token"`
    : `${realm}, error="insufficient_scope", scope="${error.neededScope}"`;
}

/** For a request whose URL or host cannot be parsed, and which therefore reaches no route. */
export function respondMalformed(security: SecurityPolicy): Response {
  const requestId = newRequestId();
  const error = new AppError("invalid_request", { public: "The request’s URL or host is not valid." });
  return Response.json(toErrorEnvelope(error, requestId), {
    status: 400,
    headers: { ...apiHeaders(security), "x-request-id": requestId },
  });
}

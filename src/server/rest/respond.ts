import { type AppError, errorTable, toErrorEnvelope } from "@agathaai/core/platform/errors";
import { toAppError } from "../errors/to-app-error";
import { csvHeaders, fileBody } from "../http/file-body";
import type { FileAnswer } from "../trpc/meta";
import type { Call } from "./call";
import { reportFailure } from "./report-failure";

const JSON_TYPE = "application/json; charset=utf-8";

export function respondJson(call: Call, status: number, body: unknown): Response {
  call.headers.set("content-type", JSON_TYPE);
  return new Response(JSON.stringify(body), { status, headers: call.headers });
}

export function respondCsv(call: Call, { filename, pieces }: FileAnswer): Response {
  for (const [name, value] of Object.entries(csvHeaders(filename))) call.headers.set(name, value);
  const body = fileBody(pieces, (error) => reportFailure(toAppError(error), call));
  return new Response(body, { status: 200, headers: call.headers });
}

export function respondEmpty(call: Call, status: 204): Response {
  return new Response(null, { status, headers: call.headers });
}

/** The customers' error envelope with the headers that go with it. */
export function respondError(call: Call, error: AppError): Response {
  const { status, retry } = errorTable[error.code];
  call.errorCode = error.code;
  setErrorHeaders(call.headers, error);
  if (status === 401) call.headers.set("www-authenticate", challenge(error));
  if (status >= 400 && !retry) call.headers.set("x-should-retry", "false");
  return respondJson(call, status, toErrorEnvelope(error, call.requestId));
}

const DEFAULT_RETRY_SECONDS = 1;

function setErrorHeaders(headers: Headers, error: AppError): void {
  const seconds = error.retryAfterSeconds;
  if (seconds !== undefined) headers.set("retry-after", String(Math.max(1, Math.ceil(seconds))));
  else if (error.status === 429 || error.status === 503)
    headers.set("retry-after", String(DEFAULT_RETRY_SECONDS));
}

/** RFC 6750 §3: no error attribute when no credentials were sent. */
function challenge(error: AppError): string {
  const realm = 'Bearer realm="AgathaAI"';
  return error.code === "missing_credentials" ? realm : `${realm}, error="invalid_token"`;
}

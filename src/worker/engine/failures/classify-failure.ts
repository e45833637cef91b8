import { type FailureDetails, ProviderFailure, type ProviderName } from "./errors";
import { isContentRefusal, refusalOf } from "./refusals";
import { parseError, type WireError } from "./wire-error";

/** An HTTP response that was not a success, whatever the transport. */
export interface ErrorResponse {
  status: number;
  headers: { get(name: string): string | null };
  /** The body's text; may be cut short or hold anything at all. */
  body: string;
}

/** Classifies an error response of any provider: by status first, then by the provider's own code. */
export function failureOfResponse(
  provider: ProviderName,
  response: ErrorResponse,
  { ownMessages = 0 }: { ownMessages?: number } = {},
): ProviderFailure {
  const { status } = response;
  const error = parseError(response.body);
  const code = wordOf(error?.code) ?? wordOf(error?.status) ?? wordOf(error?.type);
  const details: FailureDetails = {
    provider,
    detail: code ? `${status} ${code}` : String(status),
    retryAfterMs: retryAfterOf(response.headers) ?? retryDelayOf(error),
  };

  if (status === 429 && !isTooLargeForAMinute(error)) {
    // OpenAI reports our own unpaid account as 429 too: waiting does not pay it.
    return isUnpaid(error)
      ? new ProviderFailure("auth", details)
      : new ProviderFailure("rate_limited", details);
  }
  if (status === 408 || status === 504) return new ProviderFailure("timeout", details);
  if (status === 409 || status === 425) return new ProviderFailure("server", details);
  if (status === 503 || status === 529) return new ProviderFailure("overloaded", details);
  if (status >= 500) return new ProviderFailure("server", details);
  if (status === 401 || status === 402 || isMisconfigured(error)) return new ProviderFailure("auth", details);
  if (isContentRefusal(error)) return new ProviderFailure("content_filtered", details);
  const refusal = refusalOf(provider, status, error, { ownMessages });
  // 403 and 404 are about our account or the model, unless they are about what the customer linked to.
  if ((status === 403 || status === 404) && !refusal.certain) return new ProviderFailure("auth", details);
  if (status >= 400) return new ProviderFailure("rejected", { ...details, ...refusal.public });
  return new ProviderFailure("invalid_response", details);
}

/** An error that came as an event of a stream, after a status of success: its own code says which status it deserves. */
export function failureOfEvent(
  provider: ProviderName,
  event: unknown,
  { ownMessages }: { ownMessages: number },
): ProviderFailure {
  const body = JSON.stringify(event);
  const status = statusOfEvent(parseError(body));
  return failureOfResponse(provider, { status, headers: new Headers(), body }, { ownMessages });
}

function statusOfEvent(error: WireError | undefined): number {
  const code = Number(error?.code ?? Number.NaN);
  if (Number.isInteger(code) && code >= 400 && code <= 599) return code;
  const words = [error?.code, error?.type, error?.status].join(" ");
  if (/rate_limit|quota|too_many|exhausted/i.test(words)) return 429;
  if (/overloaded|unavailable/i.test(words)) return 503;
  if (isContentRefusal(error) || /invalid_(?:request|encrypted|base64)|context_length|image/i.test(words))
    return 400;
  return 500;
}

/** A provider's code, only while it looks like one: free text could hold anything. */
function wordOf(value: string | number | null | undefined): string | undefined {
  return typeof value === "string" && /^[A-Za-z][\w.-]{0,63}$/.test(value) ? value : undefined;
}

/** One request over OpenAI's tokens a minute is a 429 as well, and no waiting makes it smaller. */
function isTooLargeForAMinute(error: WireError | undefined): boolean {
  return /^request too large/i.test(error?.message ?? "");
}

function isUnpaid(error: WireError | undefined): boolean {
  return error?.code === "insufficient_quota" || error?.type === "insufficient_quota";
}

function isMisconfigured(error: WireError | undefined): boolean {
  return (
    error?.status === "FAILED_PRECONDITION" ||
    (error?.details.some((entry) => entry.reason === "API_KEY_INVALID") ?? false)
  );
}

/** `retry-after-ms` (OpenAI) or `retry-after`, in seconds or as a date (RFC 9110 §10.2.3). */
function retryAfterOf(headers: ErrorResponse["headers"]): number | undefined {
  const ms = Number(headers.get("retry-after-ms") ?? Number.NaN);
  if (Number.isFinite(ms) && ms >= 0) return Math.ceil(ms);
  const text = headers.get("retry-after");
  if (!text) return undefined;
  const seconds = Number(text);
  if (Number.isFinite(seconds)) return seconds >= 0 ? Math.ceil(seconds * 1_000) : undefined;
  const at = Date.parse(text);
  return Number.isNaN(at) ? undefined : Math.max(0, at - Date.now());
}

/** google.rpc.RetryInfo: `{"retryDelay": "34.5s"}` among the error's details. */
function retryDelayOf(error: WireError | undefined): number | undefined {
  for (const entry of error?.details ?? []) {
    const delay = entry.retryDelay;
    if (typeof delay !== "string") continue;
    const seconds = Number(/^(\d+(?:\.\d+)?)s$/.exec(delay)?.[1] ?? Number.NaN);
    if (Number.isFinite(seconds)) return Math.ceil(seconds * 1_000);
  }
  return undefined;
}

import { z } from "zod";
import { type FailureDetails, ProviderFailure, type ProviderName } from "./errors";

/** An HTTP answer that was not a success, as any transport can tell it. */
export interface ErrorAnswer {
  status: number;
  headers: { get(name: string): string | null };
  /** The body's text; may be cut short or hold anything at all. */
  body: string;
}

const errorSchema = z.object({
  message: z.string().catch(""),
  code: z.union([z.string(), z.number()]).nullish().catch(null),
  type: z.string().nullish().catch(null),
  param: z.string().nullish().catch(null),
  status: z.string().nullish().catch(null),
  details: z.array(z.looseObject({ "@type": z.string().optional() })).catch([]),
});
const bodySchema = z.union([z.object({ error: errorSchema }), z.tuple([z.object({ error: errorSchema })])]);

type WireError = z.output<typeof errorSchema>;

/** OpenAI's, DeepSeek's and Gemini's error answers, by status first and by the provider's own code where it says more. */
export function failureOfAnswer(provider: ProviderName, answer: ErrorAnswer): ProviderFailure {
  const { status } = answer;
  const error = parseError(answer.body);
  const code = wordOf(error?.code) ?? wordOf(error?.status) ?? wordOf(error?.type);
  const details: FailureDetails = {
    provider,
    detail: code ? `${status} ${code}` : String(status),
    retryAfterMs: retryAfterOf(answer.headers) ?? retryDelayOf(error),
  };

  if (status === 429) {
    // OpenAI reports our own unpaid account as 429 too: waiting does not pay it.
    return isUnpaid(error)
      ? new ProviderFailure("auth", details)
      : new ProviderFailure("rate_limited", details);
  }
  if (status === 408 || status === 504) return new ProviderFailure("timeout", details);
  if (status === 409 || status === 425) return new ProviderFailure("server", details);
  if (status === 503 || status === 529) return new ProviderFailure("overloaded", details);
  if (status >= 500) return new ProviderFailure("server", details);
  if (status === 401 || status === 402 || status === 403 || status === 404 || isMisconfigured(error)) {
    return new ProviderFailure("auth", details);
  }
  if (isContentRefusal(error)) return new ProviderFailure("content_filtered", details);
  if (isContextOverflow(error)) {
    return new ProviderFailure("rejected", {
      ...details,
      publicCode: "context_length_exceeded",
      publicMessage: "The messages and max_tokens together are longer than this model's context window.",
    });
  }
  if (status >= 400) return new ProviderFailure("rejected", { ...details, ...namedParameter(error) });
  return new ProviderFailure("invalid_response", details);
}

function parseError(body: string): WireError | undefined {
  try {
    const parsed = bodySchema.safeParse(JSON.parse(body));
    if (!parsed.success) return undefined;
    return Array.isArray(parsed.data) ? parsed.data[0].error : parsed.data.error;
  } catch {
    return undefined;
  }
}

/** A provider's code, only while it looks like one: free text could hold anything. */
function wordOf(value: string | number | null | undefined): string | undefined {
  return typeof value === "string" && /^[A-Za-z][\w.-]{0,63}$/.test(value) ? value : undefined;
}

function namedParameter(error: WireError | undefined): { publicMessage?: string } {
  const param = error?.param;
  if (!param || !/^[\w.[\]-]{1,100}$/.test(param)) return {};
  return { publicMessage: `The model's provider did not accept the value of ${param}.` };
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

/** DeepSeek has no code for it, only the message "Content Exists Risk". */
const contentCodes = new Set(["content_filter", "content_policy_violation", "moderation_blocked"]);

function isContentRefusal(error: WireError | undefined): boolean {
  return contentCodes.has(String(error?.code)) || /content exists risk/i.test(error?.message ?? "");
}

function isContextOverflow(error: WireError | undefined): boolean {
  return (
    error?.code === "context_length_exceeded" ||
    error?.code === "string_above_max_length" ||
    /maximum context length|input token count .*exceeds/i.test(error?.message ?? "")
  );
}

/** `retry-after-ms` (OpenAI) or `retry-after`, in seconds or as a date (RFC 9110 §10.2.3). */
function retryAfterOf(headers: ErrorAnswer["headers"]): number | undefined {
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

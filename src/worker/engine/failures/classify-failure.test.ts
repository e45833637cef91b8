import { describe, expect, it } from "vitest";
import { failureOfResponse } from "./classify-failure";
import type { FailureKind, ProviderName } from "./errors";
import { google, openAi } from "./testing/error-bodies";

interface Case {
  name: string;
  provider: ProviderName;
  status: number;
  body: unknown;
  headers?: Record<string, string>;
  expected: { kind: FailureKind; retryable: boolean; publicCode: string; retryAfterMs?: number };
}

const unavailable = { publicCode: "provider_unavailable" };

const cases: Case[] = [
  {
    name: "OpenAI's rate limit, with its header",
    provider: "openai",
    status: 429,
    headers: { "retry-after": "7", "retry-after-ms": "6500" },
    body: openAi(
      "Rate limit reached for gpt-4o in organization org-SECRET on tokens per min.",
      "tokens",
      "rate_limit_exceeded",
    ),
    expected: { kind: "rate_limited", retryable: true, ...unavailable, retryAfterMs: 6_500 },
  },
  {
    name: "OpenAI's unpaid account, which waiting does not pay",
    provider: "openai",
    status: 429,
    body: openAi(
      "You exceeded your current quota, please check your plan and billing details.",
      "insufficient_quota",
      "insufficient_quota",
    ),
    expected: { kind: "auth", retryable: false, ...unavailable },
  },
  {
    name: "a wrong key, which is our misconfiguration",
    provider: "openai",
    status: 401,
    body: openAi("Incorrect API key provided: sk-proj-SECRET.", "invalid_request_error", "invalid_api_key"),
    expected: { kind: "auth", retryable: false, ...unavailable },
  },
  {
    name: "a refused parameter",
    provider: "openai",
    status: 400,
    body: openAi(
      "Unsupported value: 'temperature' does not support 0.2 with this model.",
      "invalid_request_error",
      "unsupported_value",
      "temperature",
    ),
    expected: { kind: "rejected", retryable: false, publicCode: "provider_rejected" },
  },
  {
    name: "an overflow of the context window",
    provider: "openai",
    status: 400,
    body: openAi(
      "This model's maximum context length is 8192 tokens. However, you requested 9001 tokens.",
      "invalid_request_error",
      "context_length_exceeded",
      "messages",
    ),
    expected: { kind: "rejected", retryable: false, publicCode: "context_length_exceeded" },
  },
  {
    name: "a prompt refused for its content",
    provider: "openai",
    status: 400,
    body: openAi("The response was filtered.", "invalid_request_error", "content_filter", "prompt"),
    expected: { kind: "content_filtered", retryable: false, publicCode: "content_filtered" },
  },
  {
    name: "a server error",
    provider: "openai",
    status: 500,
    body: openAi("The server had an error while processing your request.", "server_error", null),
    expected: { kind: "server", retryable: true, publicCode: "provider_error" },
  },
  {
    name: "an overloaded engine",
    provider: "openai",
    status: 503,
    body: openAi("The engine is currently overloaded, please try again later.", "server_error", null),
    expected: { kind: "overloaded", retryable: true, ...unavailable },
  },
  {
    name: "a balancer's page in front of OpenAI",
    provider: "openai",
    status: 502,
    body: "<html><body>502 Bad Gateway sk-SECRET</body></html>",
    expected: { kind: "server", retryable: true, publicCode: "provider_error" },
  },
  {
    name: "DeepSeek's empty account",
    provider: "deepseek",
    status: 402,
    body: openAi("Insufficient Balance", "unknown_error", "invalid_request_error"),
    expected: { kind: "auth", retryable: false, ...unavailable },
  },
  {
    name: "DeepSeek's content refusal, which has no code",
    provider: "deepseek",
    status: 400,
    body: openAi("Content Exists Risk", "invalid_request_error", "invalid_request_error"),
    expected: { kind: "content_filtered", retryable: false, publicCode: "content_filtered" },
  },
  {
    name: "Gemini's rate limit, whose delay is in the details",
    provider: "gemini",
    status: 429,
    body: google(429, "RESOURCE_EXHAUSTED", "You exceeded your current quota.", [
      { "@type": "type.googleapis.com/google.rpc.QuotaFailure", violations: [{ quotaId: "x" }] },
      { "@type": "type.googleapis.com/google.rpc.RetryInfo", retryDelay: "34.5s" },
    ]),
    expected: { kind: "rate_limited", retryable: true, ...unavailable, retryAfterMs: 34_500 },
  },
  {
    name: "Gemini's wrong key, which is a 400",
    provider: "gemini",
    status: 400,
    body: google(400, "INVALID_ARGUMENT", "API key not valid. Please pass a valid API key.", [
      {
        "@type": "type.googleapis.com/google.rpc.ErrorInfo",
        reason: "API_KEY_INVALID",
        domain: "googleapis.com",
      },
    ]),
    expected: { kind: "auth", retryable: false, ...unavailable },
  },
  {
    name: "Gemini refusing our location",
    provider: "gemini",
    status: 400,
    body: google(400, "FAILED_PRECONDITION", "User location is not supported for the API use."),
    expected: { kind: "auth", retryable: false, ...unavailable },
  },
  {
    name: "Gemini's overflow of the context window",
    provider: "gemini",
    status: 400,
    body: google(
      400,
      "INVALID_ARGUMENT",
      "The input token count (1200000) exceeds the maximum number of tokens allowed (1048576).",
    ),
    expected: { kind: "rejected", retryable: false, publicCode: "context_length_exceeded" },
  },
  {
    name: "Gemini's bad argument, in a list as its streaming endpoint sends it",
    provider: "gemini",
    status: 400,
    body: [google(400, "INVALID_ARGUMENT", "Request contains an invalid argument.")],
    expected: { kind: "rejected", retryable: false, publicCode: "provider_rejected" },
  },
  {
    name: "Gemini's deadline",
    provider: "gemini",
    status: 504,
    body: google(504, "DEADLINE_EXCEEDED", "The request timed out."),
    expected: { kind: "timeout", retryable: true, publicCode: "provider_timeout" },
  },
  {
    name: "a model that its provider has withdrawn",
    provider: "openai",
    status: 404,
    body: openAi("The model `gpt-4-0314` has been deprecated.", "invalid_request_error", "model_not_found"),
    expected: { kind: "auth", retryable: false, ...unavailable },
  },
  {
    name: "a body that is no error object",
    provider: "openai",
    status: 400,
    body: { error: { message: { nested: true }, code: { odd: 1 } } },
    expected: { kind: "rejected", retryable: false, publicCode: "provider_rejected" },
  },
];

describe("a provider's error answer", () => {
  it.each(cases)("$name", ({ provider, status, body, headers, expected }) => {
    const text = typeof body === "string" ? body : JSON.stringify(body);
    const failure = failureOfResponse(provider, { status, headers: new Headers(headers), body: text });
    expect(failure).toMatchObject(expected);
  });

  it.each(cases)("never repeats the provider's own words: $name", ({ provider, status, body, headers }) => {
    const text = typeof body === "string" ? body : JSON.stringify(body);
    const failure = failureOfResponse(provider, { status, headers: new Headers(headers), body: text });
    expect(`${failure.publicMessage} ${failure.message}`).not.toMatch(/SECRET|sk-|org-|<html/);
  });

  it("reads retry-after as a date, and ignores one it cannot read", () => {
    const after = (value: string) =>
      failureOfResponse("openai", { status: 429, headers: new Headers({ "retry-after": value }), body: "" })
        .retryAfterMs;
    expect(after(new Date(Date.now() + 30_000).toUTCString())).toBeGreaterThan(28_000);
    expect(after(new Date(Date.now() - 30_000).toUTCString())).toBe(0);
    expect(after("soon")).toBeUndefined();
    expect(after("-1")).toBeUndefined();
  });
});

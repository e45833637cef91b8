import { describe, expect, it } from "vitest";
import { failureOfResponse } from "./classify-failure";
import type { FailureKind, ProviderName } from "./errors";

interface Case {
  name: string;
  provider: ProviderName;
  status: number;
  body: unknown;
  headers?: Record<string, string>;
  expected: { kind: FailureKind; retryable: boolean; publicCode: string; retryAfterMs?: number };
}

const openAi = (message: string, type: string, code: string | null, param: string | null = null) => ({
  error: { message, type, param, code },
});
const google = (code: number, status: string, message: string, details?: unknown[]) => ({
  error: { code, message, status, ...(details && { details }) },
});

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
    name: "a model that its maker has withdrawn",
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

  it.each(cases)("keeps the provider's own words to itself: $name", ({ provider, status, body, headers }) => {
    const text = typeof body === "string" ? body : JSON.stringify(body);
    const failure = failureOfResponse(provider, { status, headers: new Headers(headers), body: text });
    expect(`${failure.publicMessage} ${failure.message}`).not.toMatch(/SECRET|sk-|org-|<html/);
  });

  it("names the refused parameter, and only a parameter", () => {
    const at = (param: string) =>
      failureOfResponse("openai", {
        status: 400,
        headers: new Headers(),
        body: JSON.stringify(openAi("No.", "invalid_request_error", "invalid_value", param)),
      }).publicMessage;
    expect(at("messages[0].content")).toContain("messages[0].content");
    expect(at("the key sk-123 of <b>")).not.toContain("sk-123");
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

  const saidBy = (
    provider: "openai" | "deepseek" | "gemini",
    status: number,
    body: object,
    ownMessages = 0,
  ) => {
    const answer = { status, headers: new Headers(), body: JSON.stringify(body) };
    const { kind, retryable, publicCode, publicMessage, publicParam } = failureOfResponse(provider, answer, {
      ownMessages,
    });
    return { kind, retryable, publicCode, publicMessage, publicParam };
  };

  it.each<[string, ReturnType<typeof saidBy>, object]>([
    [
      "a limit, with its number and the field",
      saidBy(
        "openai",
        400,
        openAi(
          "Invalid 'tools[3].function.description': string too long. Expected a string with maximum length 1024, but got a string with length 4394 instead.",
          "invalid_request_error",
          "string_above_max_length",
          "tools[3].function.description",
        ),
      ),
      {
        kind: "rejected",
        publicMessage:
          "The model's provider takes at most 1,024 characters for tools[3].function.description.",
      },
    ],
    [
      "the customer's own name of a field, and their message's own place",
      saidBy(
        "openai",
        400,
        openAi(
          "max_tokens is too large: 99999. This model supports at most 16384 completion tokens.",
          "x",
          "invalid_value",
          "max_completion_tokens",
        ),
      ),
      {
        publicMessage: "The model's provider takes at most 16,384 for max_tokens.",
        publicParam: "max_tokens",
      },
    ],
    [
      "a message by its place before we put one of ours first",
      saidBy("openai", 400, openAi("No.", "invalid_request_error", "invalid_value", "messages[2].name"), 1),
      {
        publicMessage: "The model's provider did not accept the value of messages[1].name.",
        publicParam: "messages[1].name",
      },
    ],
    [
      "DeepSeek's refusal, which names its field in words alone",
      saidBy(
        "deepseek",
        422,
        openAi(
          "Failed to deserialize the JSON body into the target type: messages[0].role: unknown variant",
          "x",
          "y",
        ),
      ),
      {
        kind: "rejected",
        publicMessage: "The model's provider did not accept the value of messages[0].role.",
      },
    ],
    [
      "Gemini's refusal of a function's schema",
      saidBy(
        "gemini",
        400,
        google(
          400,
          "INVALID_ARGUMENT",
          "Invalid JSON payload received. Unknown name \"x\" at 'tools[0].function_declarations[6].parameters.properties[3].value': Cannot find field.",
        ),
      ),
      { publicMessage: expect.stringContaining("tools[6].function.parameters") },
    ],
    [
      "Gemini's field violations",
      saidBy(
        "gemini",
        400,
        google(400, "INVALID_ARGUMENT", "Bad.", [
          { "@type": "x", fieldViolations: [{ field: "generationConfig.stopSequences" }] },
        ]),
      ),
      { publicMessage: "The model's provider did not accept the value of stop.", publicParam: "stop" },
    ],
    [
      "an image that OpenAI could not download",
      saidBy(
        "openai",
        400,
        openAi(
          "Error while downloading https://intra.example/SECRET.png.",
          "x",
          "invalid_image_url",
          "messages[1].content[0]",
        ),
      ),
      {
        kind: "rejected",
        publicMessage: expect.stringMatching(/could not read an image of this request \(messages\[1\]/),
        publicParam: "messages[1].content[0]",
      },
    ],
    [
      "a file that Gemini may not see, which is no fault of our key",
      saidBy(
        "gemini",
        403,
        google(
          403,
          "PERMISSION_DENIED",
          "You do not have permission to access the File SECRET or it may not exist.",
        ),
      ),
      { kind: "rejected", retryable: false, publicCode: "provider_rejected" },
    ],
    [
      "a link that Gemini could not fetch",
      saidBy(
        "gemini",
        404,
        google(
          404,
          "NOT_FOUND",
          "Cannot fetch content from the provided URL. Please ensure the URL is valid.",
        ),
      ),
      {
        kind: "rejected",
        publicMessage: expect.stringContaining("could not read an image"),
        publicParam: "messages",
      },
    ],
    [
      "a prompt flagged under a usage policy",
      saidBy(
        "openai",
        400,
        openAi(
          "Invalid prompt: your prompt was flagged as potentially violating our usage policy.",
          "x",
          "invalid_prompt",
        ),
      ),
      {
        kind: "content_filtered",
        retryable: false,
        publicCode: "content_filtered",
        publicParam: undefined,
      },
    ],
    [
      "a body too large",
      saidBy(
        "gemini",
        400,
        google(400, "INVALID_ARGUMENT", "Request payload size exceeds the limit: 20971520 bytes."),
      ),
      { kind: "rejected", publicMessage: expect.stringContaining("larger than") },
    ],
    [
      "one request over the tokens of a minute, which no waiting makes smaller",
      saidBy(
        "openai",
        429,
        openAi(
          "Request too large for gpt-4o in organization org-SECRET on tokens per min (TPM): Limit 30000, Requested 50000.",
          "tokens",
          "rate_limit_exceeded",
        ),
      ),
      { kind: "rejected", retryable: false },
    ],
    [
      "a text over its own limit, which is not the context window",
      saidBy(
        "openai",
        400,
        openAi(
          "too long. Expected a string with maximum length 1048576",
          "x",
          "string_above_max_length",
          "messages[0].content",
        ),
      ),
      {
        publicCode: "provider_rejected",
        publicMessage: expect.stringContaining("1,048,576 characters for messages[0].content"),
      },
    ],
    [
      "a signature that was tampered with",
      saidBy("gemini", 400, google(400, "INVALID_ARGUMENT", "Corrupted thought signature.")),
      { kind: "rejected", publicMessage: expect.stringContaining("ids of tool calls") },
    ],
    [
      "our own account's trouble, still ours",
      saidBy(
        "openai",
        403,
        openAi("Your organization org-SECRET must be verified to use the model.", "x", "model_not_found"),
      ),
      { kind: "auth", publicParam: undefined },
    ],
  ])("tells the customer what it is: %s", (_what, failure, expected) => {
    expect(failure).toMatchObject(expected);
    expect(failure.publicMessage).not.toMatch(/SECRET|org-|https?:/);
  });

  it.each([
    ["content_filter", "No."],
    ["content_policy_violation", "No."],
    ["moderation_blocked", "No."],
    ["invalid_prompt", "No."],
    ["cyber_policy_violation", "No."],
    [null, "Your request was flagged as potentially violating our usage policy."],
    [null, "It was rejected as a result of our safety system."],
  ])("takes a refusal for content by its code, and by its words alone: %s %s", (code, message) => {
    const refused = saidBy("openai", 400, openAi(message, "invalid_request_error", code));
    expect(refused).toMatchObject({ kind: "content_filtered", retryable: false });
  });

  it("repeats no field that is not the customer's, whatever a provider puts there", () => {
    for (const param of [
      "sk-proj-abc",
      "organization.org-123",
      "messages[0].sk-live-1",
      "internal.billing",
      "tools[0].function.name; DROP",
    ]) {
      const { publicMessage, publicParam } = saidBy(
        "openai",
        400,
        openAi("No.", "x", "invalid_value", param),
      );
      expect(publicMessage).not.toContain(param);
      expect(publicParam).toBeUndefined();
    }
  });
});

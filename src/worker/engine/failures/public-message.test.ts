import { describe, expect, it } from "vitest";
import { failureOfResponse } from "./classify-failure";
import { google, openAi } from "./testing/error-bodies";

describe("a provider's error answer", () => {
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

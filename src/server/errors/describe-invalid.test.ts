import { inferenceInputSchema } from "@agathaai/core/inference";
import { publicId } from "@agathaai/core/platform";
import { describe, expect, it } from "vitest";
import { z } from "zod";
import { describeInvalid } from "./describe-invalid";
import { installPlainMessages } from "./plain-messages";

installPlainMessages();

function problemWith(schema: z.ZodType, input: unknown) {
  const parsed = schema.safeParse(input);
  if (parsed.success) throw new Error("the input was accepted");
  const { code, public: message, param } = describeInvalid(parsed.error);
  return { code, message, param };
}

const ask = (extra: object) => problemWith(inferenceInputSchema, { model: "gpt-4o", prompt: "Hi", ...extra });
const say = (message: unknown) => problemWith(inferenceInputSchema, { model: "gpt-4o", messages: [message] });

describe("an invalid request is described by the field as the customer wrote it and by what is wrong with it", () => {
  it.each([
    [
      "a number as text",
      ask({ max_tokens: "5" }),
      "max_tokens",
      "max_tokens must be a number, not a string.",
    ],
    [
      "a fraction",
      ask({ max_tokens: 1.5 }),
      "max_tokens",
      "max_tokens must be a whole number, not a fraction.",
    ],
    [
      "null",
      say({ role: "tool", tool_call_id: null, content: "x" }),
      "messages[0].tool_call_id",
      "messages[0].tool_call_id must be a string, not null.",
    ],
    ["an array", ask({ temperature: [1] }), "temperature", "temperature must be a number, not an array."],
    ["too much", ask({ temperature: 3 }), "temperature", "temperature must be at most 2."],
    ["exclusive bounds", ask({ top_p: 0 }), "top_p", "top_p must be more than 0."],
    ["a missing field", problemWith(inferenceInputSchema, { prompt: "Hi" }), "model", "model is required."],
    [
      "nothing to answer",
      problemWith(inferenceInputSchema, { model: "gpt-4o" }),
      "messages",
      "Send either messages or prompt.",
    ],
    [
      "no messages",
      problemWith(inferenceInputSchema, { model: "m", messages: [] }),
      "messages",
      "messages must have at least one entry.",
    ],
    [
      "an unknown role",
      say({ role: "wizard", content: "Hi" }),
      "messages[0].role",
      'messages[0].role must be one of "system", "developer", "user", "assistant", "tool".',
    ],
    [
      "content of a wrong type",
      say({ role: "user", content: 5 }),
      "messages[0].content",
      "messages[0].content must be a string or an array, not a number.",
    ],
    [
      "empty content",
      say({ role: "user", content: "" }),
      "messages[0].content",
      "messages[0].content must not be empty.",
    ],
    [
      "a part without text",
      say({ role: "user", content: [{ type: "text" }] }),
      "messages[0].content[0].text",
      "messages[0].content[0].text is required.",
    ],
    [
      "an unknown part",
      say({ role: "user", content: [{ type: "video" }] }),
      "messages[0].content[0].type",
      'messages[0].content[0].type must be one of "text", "image_url".',
    ],
    ["a NUL character", ask({ prompt: "a\u0000b" }), "prompt", "prompt must not contain NUL characters."],
    [
      "half a surrogate pair",
      ask({ prompt: "\ud800" }),
      "prompt",
      "prompt must be valid Unicode: it contains half of a surrogate pair.",
    ],
    [
      "an unknown choice in a union",
      ask({ tool_choice: "maybe", tools: [{ type: "function", function: { name: "f" } }] }),
      "tool_choice",
      'tool_choice must be one of "none", "auto", "required".',
    ],
    [
      "a value deep in metadata",
      ask({ metadata: { a: 1 } }),
      "metadata.a",
      "metadata.a must be a string, not a number.",
    ],
    [
      "no object at all",
      problemWith(inferenceInputSchema, []),
      undefined,
      "The request body must be an object, not an array.",
    ],
  ])("%s", (_name, problem, param, message) => {
    expect(problem).toEqual({ code: "invalid_request", param, message });
  });

  it("names an unknown parameter, at whatever depth", () => {
    expect(ask({ modle: "x" })).toMatchObject({ code: "unknown_parameter", param: "modle" });
    expect(say({ role: "user", content: "Hi", nmae: "x" })).toMatchObject({
      code: "unknown_parameter",
      param: "messages[0].nmae",
    });
  });

  it("keeps the error code and the sentence that a schema states itself", () => {
    const problem = problemWith(z.strictObject({ id: publicId("inf") }), { id: "inf_nonsense" });
    expect(problem).toMatchObject({ code: "invalid_id", param: "id" });
    expect(problem.message).toMatch(/^This is not the ID of an inference request\./);
  });
});

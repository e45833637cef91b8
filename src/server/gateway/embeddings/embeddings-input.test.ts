import { AppError } from "@agathaai/core/platform";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { embeddingsInputSchema, readEmbeddingsInput } from "./embeddings-input";

const model = "text-embedding-3-small";

function refusal(body: unknown): { code: string; param: string | undefined } {
  try {
    readEmbeddingsInput(body);
  } catch (error) {
    if (error instanceof AppError) return { code: error.code, param: error.param };
    throw error;
  }
  throw new Error("was not refused");
}

describe("what embeddings are made of", () => {
  it.each<[string, unknown, unknown]>([
    ["a text is one input", "agate", ["agate"]],
    ["texts are several", ["moss", "fire"], ["moss", "fire"]],
    ["tokens are one input", [1, 2, 3], [[1, 2, 3]]],
    ["arrays of tokens are several", [[1, 2], [3]], [[1, 2], [3]]],
  ])("%s", (_name, input, expected) => {
    expect(readEmbeddingsInput({ model, input })).toMatchObject({
      input: expected,
      encodingFormat: "float",
      dimensions: undefined,
    });
  });

  it.each<[string, object, string, string]>([
    ["none", {}, "invalid_request", "input"],
    ["null", { input: null }, "invalid_request", "input"],
    ["an empty text", { input: "" }, "invalid_request", "input"],
    ["an empty list", { input: [] }, "invalid_request", "input"],
    ["an empty text among others", { input: ["a", ""] }, "invalid_request", "input[1]"],
    ["an empty array of tokens", { input: [[1], []] }, "invalid_request", "input[1]"],
    ["tokens among texts", { input: ["a", [1]] }, "invalid_request", "input[1]"],
    ["a text among tokens", { input: [1, "a"] }, "invalid_request", "input[1]"],
    ["a token below zero", { input: [[1], [2, -1]] }, "invalid_request", "input[1][1]"],
    ["half a token", { input: [0.5] }, "invalid_request", "input[0]"],
    ["an object", { input: { text: "a" } }, "invalid_request", "input"],
    ["NUL", { input: ["a\u0000"] }, "invalid_request", "input[0]"],
    ["half a surrogate pair", { input: "a\ud800" }, "invalid_request", "input"],
    ["chat's list of models", { input: "a", models: ["b"] }, "unknown_parameter", "models"],
    ["another encoding", { input: "a", encoding_format: "int8" }, "invalid_request", "encoding_format"],
    ["no dimensions at all", { input: "a", dimensions: 0 }, "invalid_request", "dimensions"],
  ])("%s is refused by name", (_name, body, code, param) => {
    expect(refusal({ model, ...body })).toEqual({ code, param });
  });

  it("a body that is none is refused", () => {
    for (const body of [undefined, null, [], "agate"]) {
      expect(refusal(body)).toEqual({ code: "invalid_request", param: undefined });
    }
  });

  it("the check by hand takes exactly what the API document's schema takes", () => {
    const token = fc.oneof(fc.nat(), fc.constantFrom(-1, 0.5, 2_147_483_648));
    const text = fc.string({ maxLength: 3 });
    const one = fc.oneof(text, token, fc.array(token, { maxLength: 3 }), fc.constantFrom(null, true, {}));
    const list = fc.oneof(fc.array(text), fc.array(token), fc.array(fc.array(token)), fc.array(one));
    fc.assert(
      fc.property(fc.oneof(one, list), (input) => {
        let isTaken = true;
        try {
          readEmbeddingsInput({ model, input });
        } catch {
          isTaken = false;
        }
        expect(isTaken).toBe(embeddingsInputSchema.safeParse({ model, input }).success);
      }),
      { numRuns: 500 },
    );
  });
});

import { billUsage, findModel, toTokenUsage } from "@agathaai/core/models";
import { AppError, type KeyPrincipal } from "@agathaai/core/platform";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { keyPrincipal } from "../../../../infra/testing/key-principal";
import { readEmbeddingsInput } from "./embeddings-input";
import { prepareEmbeddings } from "./prepare-embeddings";

const small = "text-embedding-3-small";
const gemini = "gemini-embedding-001";
const at = new Date("2026-11-27T00:00:00Z");
const principal = keyPrincipal();

interface Circumstances {
  as?: Partial<KeyPrincipal>;
  maxCostMicros?: bigint;
}

function prepare(body: object, { as, maxCostMicros }: Circumstances = {}) {
  const given = readEmbeddingsInput({ model: small, input: "agate", ...body });
  const headers = { fallback: true, maxCostMicros };
  return prepareEmbeddings(given, { principal: { ...principal, ...as }, headers, at });
}

describe("refused by name before anything is reserved", () => {
  const cases: [string, object, string, string, Circumstances?][] = [
    ["a model that is none", { model: "text-embedding-0" }, "model_not_found", "model"],
    ["a model that answers messages", { model: "gpt-4o" }, "unsupported_parameter", "model"],
    ["a model that this key may not use", {}, "model_not_allowed", "model", { as: { models: [gemini] } }],
    ["more dimensions than it has", { dimensions: 1_537 }, "invalid_request", "dimensions"],
    ["fewer than Gemini makes", { model: gemini, dimensions: 127 }, "invalid_request", "dimensions"],
    ["too many inputs", { input: Array(2_049).fill("a") }, "invalid_request", "input"],
    [
      "more vectors than an answer holds",
      { input: Array(2_048).fill("a"), encoding_format: "float" },
      "invalid_request",
      "input",
    ],
    ["too many for Gemini", { model: gemini, input: Array(101).fill("a") }, "invalid_request", "input"],
    ["too many tokens", { input: Array(8_193).fill(1) }, "context_length_exceeded", "input"],
    [
      "too many tokens in one of several",
      { input: [[1], Array(8_193).fill(1)] },
      "context_length_exceeded",
      "input[1]",
    ],
    ["a text that cannot fit", { input: ["a", "a".repeat(65_544)] }, "context_length_exceeded", "input[1]"],
    ["tokens for Gemini", { model: gemini, input: [[1], [2]] }, "unsupported_parameter", "input[0]"],
    ["one input of tokens for Gemini", { model: gemini, input: [1] }, "unsupported_parameter", "input"],
  ];

  it.each(cases)("%s", (_name, body, code, param, circumstances) => {
    let refusal: unknown;
    try {
      prepare(body, circumstances);
    } catch (error) {
      refusal = error;
    }
    expect(refusal).toBeInstanceOf(AppError);
    expect(refusal).toMatchObject({ code, param });
  });

  it("the largest that a model takes is taken", () => {
    for (const input of [Array(2_048).fill("a"), Array(8_192).fill(1), "a".repeat(65_543)]) {
      expect(prepare({ input, dimensions: 1_536, encoding_format: "base64" }).targets).toHaveLength(1);
    }
    expect(
      prepare({ model: gemini, input: Array(100).fill("a"), dimensions: 128 }).targets[0].notSent,
    ).toEqual([]);
  });
});

describe("what is held", () => {
  it("is never less than is billed, however the provider counts: a token has a byte at the least", () => {
    const model = findModel(small, at);
    fc.assert(
      fc.property(
        fc.array(fc.string({ unit: "binary", minLength: 1, maxLength: 40 }), { minLength: 1, maxLength: 8 }),
        (texts) => {
          const input = texts.filter((text) => !text.includes("\u0000"));
          if (input.length === 0) return;
          const { tokens, costMicros } = prepare({ input });
          const counted = input.reduce((sum, text) => sum + Buffer.byteLength(text) + 2, 0);
          const usage = toTokenUsage({ inputTokens: counted, outputTokens: 0, regional: true });
          expect(tokens).toBeGreaterThanOrEqual(counted);
          expect(costMicros).toBeGreaterThanOrEqual(billUsage(model.priceVersion, usage).costMicros);
        },
      ),
    );
  });

  it("is nothing for a test key, which the simulator answers", () => {
    const { targets, tokens, costMicros } = prepare({}, { as: { environment: "test" } });
    expect(targets).toMatchObject([{ provider: "simulator", maxOutputTokens: 0 }]);
    expect([tokens, costMicros]).toEqual([0, 0n]);
  });
});

it("a field that this API does not know is OpenAI's to judge, and refused by name for Gemini; it is held for", () => {
  const unknown = { a_new_field: { deep: ["x".repeat(100)] } };
  const { targets, tokens } = prepare(unknown);
  expect(targets).toMatchObject([{ extras: unknown }]);
  expect(tokens).toBeGreaterThan(prepare({}).tokens + 100);
  expect(() => prepare({ model: gemini, ...unknown })).toThrowError(
    expect.objectContaining({ code: "unknown_parameter", param: "a_new_field" }),
  );
});

it("who asks is sent to OpenAI, and named as not sent elsewhere", () => {
  expect(prepare({ user: "ada" })).toMatchObject({ user: "ada", targets: [{ notSent: [] }] });
  expect(prepare({ model: gemini, user: "ada" })).toMatchObject({
    user: undefined,
    targets: [{ notSent: ["user"] }],
  });
});

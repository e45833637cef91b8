import { boundEmbeddingTokens, floorEmbeddingTokens, guessEmbeddingTokens } from "@agathaai/core/inference";
import {
  assertInReach,
  assertModelAllowed,
  assertModelKind,
  boundCost,
  findModel,
  type Model,
} from "@agathaai/core/models";
import { AppError, defaultEnvironment, type Principal } from "@agathaai/core/platform";
import { MAX_EMBEDDINGS_BYTES } from "@agathaai/worker/engine/transport";
import { type CallHeaders, maxCostOf } from "../call-headers";
import type { PreparedCall } from "../dialect";
import { type EmbeddingsInput, unknownParameter } from "./embeddings-input";

export interface PreparedEmbeddings extends PreparedCall {
  user: string | undefined;
}

/**
 * Every check that needs no database, and the size of the reservation. One model answers: vectors of two do not compare.
 * @throws AppError `model_not_found`, `model_not_allowed`, `unsupported_parameter`, `unknown_parameter`,
 *   `invalid_request`, `context_length_exceeded`.
 */
export function prepareEmbeddings(
  given: EmbeddingsInput,
  { principal, headers, at }: { principal: Principal; headers: CallHeaders; at: Date },
): PreparedEmbeddings {
  const environment = defaultEnvironment(principal);
  const model = findModel(given.model, at);
  assertModelAllowed(model.id, principal.kind === "key" ? principal.models : []);
  assertInReach(model, principal);
  assertModelKind(model, "embedding");
  checkDimensions(given.dimensions, model);
  checkInput(given, model);
  checkAnswer(given, model);
  checkUnknown(given, model);

  const inputTokens = boundEmbeddingTokens(given.input) + bytesOf(given.unknown);
  const costMicros = boundCost(model, { inputTokens, outputTokens: 0 });
  const live = environment === "live";
  // Says who asks and changes no vector: OpenAI gets it, Gemini has no field for it.
  const sendsUser = model.provider === "openai";
  const notSent = given.user === undefined || sendsUser ? [] : ["user"];
  return {
    targets: [
      {
        model,
        provider: live ? model.provider : "simulator",
        region: principal.residency,
        hipaa: principal.hipaa === true,
        maxOutputTokens: 0,
        extras: given.unknown,
        notSent,
      },
    ],
    environment,
    asked: {},
    user: sendsUser ? given.user : undefined,
    tokens: live ? inputTokens : 0,
    costMicros: live ? costMicros : 0n,
    maxCost: maxCostOf(headers, costMicros, "Send less input"),
    // An answer comes whole or not at all: it is billed where the provider gives no count.
    guessedInputTokens: guessEmbeddingTokens(given.input),
  };
}

function checkDimensions(asked: number | undefined, model: Model): void {
  if (asked === undefined) return;
  const { min, max } = limitsOf(model).dimensions;
  if (asked >= min && asked <= max) return;
  if (min === max) {
    throw new AppError("unsupported_parameter", {
      public: `dimensions is not supported by ${model.id}: its vectors always have ${count(max)}.`,
      param: "dimensions",
    });
  }
  throw new AppError("invalid_request", {
    public: `dimensions must be between ${count(min)} and ${count(max)} for ${model.id}.`,
    param: "dimensions",
  });
}

/** Texts are refused by what they have at the least: an estimate would refuse valid ones. */
function checkInput({ input, nameOf }: EmbeddingsInput, model: Model): void {
  const { maxBatch, maxInputTokens } = limitsOf(model);
  if (input.length > maxBatch) {
    throw new AppError("invalid_request", {
      public: `input must have at most ${count(maxBatch)} entries for ${model.id}, not ${count(input.length)}.`,
      param: "input",
    });
  }
  for (const [index, one] of input.entries()) {
    const param = nameOf(index);
    if (typeof one !== "string" && model.provider !== "openai") {
      throw new AppError("unsupported_parameter", {
        public: `${param} must be text for ${model.id}: its provider takes no tokens.`,
        param,
      });
    }
    const tokens = floorEmbeddingTokens(one);
    if (tokens <= maxInputTokens) continue;
    const least = typeof one === "string" ? "at least " : "";
    throw new AppError("context_length_exceeded", {
      public: `${param} has ${least}${count(tokens)} tokens; ${model.id} takes at most ${count(maxInputTokens)}.`,
      param,
    });
  }
}

/** A float of four bytes is seldom shorter in JSON. */
const BYTES_PER_FLOAT = 16;
const BASE64_BYTES_PER_FLOAT = 16 / 3;

/** What no answer can hold is refused before it is made, and paid for. Like a length in tokens it is judged by the least that it takes. */
function checkAnswer({ input, dimensions, encodingFormat }: EmbeddingsInput, model: Model): void {
  const numbers = dimensions ?? limitsOf(model).dimensions.default;
  const bytes = numbers * (encodingFormat === "base64" ? BASE64_BYTES_PER_FLOAT : BYTES_PER_FLOAT);
  const most = Math.floor(MAX_EMBEDDINGS_BYTES / bytes);
  if (input.length <= most) return;
  const instead = encodingFormat === "base64" ? "" : ', or encoding_format: "base64"';
  throw new AppError("invalid_request", {
    public: `input must have at most ${count(most)} entries for vectors of ${count(numbers)} numbers: more is larger than an answer may be. Send fewer, or ask for fewer dimensions${instead}.`,
    param: "input",
  });
}

/** As for chat: OpenAI's models get what this API does not know, and OpenAI judges it. */
function checkUnknown({ unknown }: EmbeddingsInput, { id, provider }: Model): void {
  const [stranger] = Object.keys(unknown);
  if (stranger === undefined || provider === "openai") return;
  throw unknownParameter(stranger, `${id} gets no parameters that this API does not know.`);
}

function bytesOf(fields: Record<string, unknown>): number {
  return Object.keys(fields).length === 0 ? 0 : Buffer.byteLength(JSON.stringify(fields));
}

function limitsOf({ id, embedding }: Model) {
  if (embedding === undefined) throw new Error(`${id} is an embedding model without limits`);
  return embedding;
}

function count(value: number): string {
  return value.toLocaleString("en-US");
}

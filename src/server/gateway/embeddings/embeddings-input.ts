import type { EmbeddingText } from "@agathaai/core/inference";
import { AppError } from "@agathaai/core/platform";
import { z } from "zod";
import { parseInput } from "../../errors/describe-invalid";

/** The largest that a tokenizer could name; a model knows fewer, and its provider refuses what it does not know. */
const MAX_TOKEN = 2_147_483_647;

const textSchema = z.string().min(1);
const tokensSchema = z.array(z.int().min(0).max(MAX_TOKEN)).min(1);

/** `null` says nothing, as everywhere in OpenAI's bodies. */
const fields = {
  model: z
    .string()
    .min(1)
    .max(128)
    .meta({ description: "An embedding model.", example: "text-embedding-3-small" }),
  dimensions: z.int().min(1).nullish().meta({
    description: "How long each vector is. Without it, as long as the model makes them.",
  }),
  encoding_format: z.enum(["float", "base64"]).nullish().meta({
    description:
      "`base64`: each vector as little-endian floats of four bytes, which is what OpenAI's SDKs ask for.",
  }),
  user: z.string().max(512).nullish().meta({ description: "Sent to OpenAI. Gemini has no such field." }),
};

/** For the API document. `input` is read by hand: it can be millions of tokens. */
export const embeddingsInputSchema = z
  .looseObject({
    input: z
      .union([textSchema, z.array(textSchema).min(1), tokensSchema, z.array(tokensSchema).min(1)])
      .meta({
        description:
          "A text, several texts, a text as tokens, or several of those. Each gets a vector, in the same order. Gemini models take texts alone.",
      }),
    ...fields,
  })
  .meta({ description: "OpenAI's body. Fields not listed here are sent on to OpenAI's models as they are." });

const besideInput = z.looseObject({ input: z.unknown(), ...fields });

export interface EmbeddingsInput {
  /** One for each vector. */
  input: EmbeddingText[];
  /** What `input` calls them in an error: `input` where there is one by itself, else `input[3]`. */
  nameOf: (index: number) => string;
  model: string;
  dimensions: number | undefined;
  encodingFormat: "float" | "base64";
  user: string | undefined;
  /** Fields that we know nothing of. */
  unknown: Record<string, unknown>;
}

/** Of chat: vectors of two models do not compare, so that one alone may answer. */
const OF_CHAT = "models";

/**
 * OpenAI's four shapes of input as one list.
 * @throws AppError `invalid_request`, `unknown_parameter`; `param` names the field.
 */
export function readEmbeddingsInput(body: unknown): EmbeddingsInput {
  const {
    input,
    model,
    dimensions,
    encoding_format: format,
    user,
    ...unknown
  } = parseInput(besideInput, body);
  if (Object.hasOwn(unknown, OF_CHAT)) throw unknownParameter(OF_CHAT, "One model makes all vectors.");
  return {
    ...readInput(input),
    model,
    dimensions: dimensions ?? undefined,
    encodingFormat: format ?? "float",
    user: user ?? undefined,
    unknown,
  };
}

export function unknownParameter(param: string, why: string): AppError {
  return new AppError("unknown_parameter", { public: `Unknown parameter: ${param}. ${why}`, param });
}

function readInput(input: unknown): Pick<EmbeddingsInput, "input" | "nameOf"> {
  const alone = () => "input";
  if (input === undefined) throw wrong("input", "is required.");
  if (typeof input === "string") return { input: [textIn(input, "input")], nameOf: alone };
  if (!Array.isArray(input))
    throw wrong("input", "must be a text, tokens, or an array of texts or of tokens.");
  const list: unknown[] = input;
  const [first] = list;
  if (list.length === 0) throw wrong("input", "must not be empty.");
  if (typeof first === "number") return { input: [tokensIn(list, "input")], nameOf: alone };
  const nameOf = (index: number) => `input[${index}]`;
  if (typeof first === "string") return { input: list.map((one, at) => textIn(one, nameOf(at))), nameOf };
  return { input: list.map((one, at) => tokensIn(one, nameOf(at))), nameOf };
}

function textIn(text: unknown, param: string): string {
  if (typeof text !== "string") throw wrong(param, "must be a text, as the first is.");
  if (text === "") throw wrong(param, "must not be empty.");
  if (text.includes("\u0000")) throw wrong(param, "must not contain NUL characters.");
  if (!text.isWellFormed()) {
    throw wrong(param, "must be valid Unicode: it contains half of a surrogate pair.");
  }
  return text;
}

function tokensIn(tokens: unknown, param: string): number[] {
  if (!Array.isArray(tokens)) throw wrong(param, "must be a text or an array of tokens.");
  if (tokens.length === 0) throw wrong(param, "must not be empty.");
  const list: unknown[] = tokens;
  const stray = list.findIndex((token) => !isToken(token));
  if (stray >= 0) throw wrong(`${param}[${stray}]`, "must be a token: a whole number, at least 0.");
  return list.filter(isToken);
}

function isToken(token: unknown): token is number {
  return typeof token === "number" && Number.isInteger(token) && token >= 0 && token <= MAX_TOKEN;
}

function wrong(param: string, problem: string): AppError {
  return new AppError("invalid_request", { public: `${param} ${problem}`, param });
}

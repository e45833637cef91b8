import {
  type AskedReasoning,
  type InferenceInput,
  inferenceInputSchema,
  reasoningWords,
} from "@agathaai/core/inference";
import { AppError } from "@agathaai/core/platform";
import { z } from "zod";
import { parseInput } from "../../errors/describe-invalid";

/**
 * What a client of OpenAI's Chat Completions sends. The conversation itself is judged by the schema of
 * `POST /api/v1/inference`; here is what stands beside it, and what is handed on to OpenAI's models as it came.
 */

const text = (max: number) => z.string().max(max);

/** Parameters of ours and of the stream, whichever the model. */
const ownFields = {
  store: z.boolean().nullish().meta({
    description:
      "True: prompt and answer are kept, encrypted, and shown in the history. Without it, what the organization has set; by default they are not kept.",
  }),
  metadata: inferenceInputSchema.shape.metadata.meta({
    description: "Kept with a stored answer, whose history can be searched by it. Needs `store`.",
  }),
  models: z.array(z.string().min(1).max(128)).max(4).nullish().meta({
    description:
      "Models that answer in this order where the one asked for cannot; the first that answers is billed.",
  }),
  stream: z
    .boolean()
    .nullish()
    .meta({ description: "True: the answer comes as server-sent events, ended by `data: [DONE]`." }),
  stream_options: z
    .strictObject({
      include_usage: z.boolean().nullish().meta({
        description: "One more chunk before `[DONE]`, with the whole usage and no choices.",
      }),
      include_obfuscation: z.boolean().nullish().meta({
        description: "Accepted. Chunks are never padded here.",
      }),
    })
    .nullish(),
};

/** Known, and refused by name unless they say nothing: see `faithful.ts`. */
const refusedFields = {
  modalities: z.array(z.string()).nullish().meta({ description: 'Only `["text"]`.' }),
  audio: z.json().nullish(),
  web_search_options: z.json().nullish(),
  functions: z.json().nullish(),
  function_call: z.json().nullish(),
};

/** Parameters that a provider has or has not; `faithful.ts` says which. */
const providerFields = {
  n: z.int().min(1).max(128).nullish().meta({ description: "Answers to give; each is billed." }),
  logprobs: z.boolean().nullish(),
  top_logprobs: z.int().min(0).max(20).nullish().meta({ description: "Needs logprobs." }),
  logit_bias: z.record(text(16), z.number().min(-100).max(100)).nullish(),
  presence_penalty: z.number().min(-2).max(2).nullish(),
  frequency_penalty: z.number().min(-2).max(2).nullish(),
  service_tier: z.enum(["auto", "default", "flex", "priority", "fast", "ultrafast"]).nullish(),
  verbosity: z.enum(["low", "medium", "high"]).nullish(),
  prediction: z.strictObject({ type: z.literal("content"), content: z.json() }).nullish(),
  user: text(512).nullish(),
  safety_identifier: text(512).nullish(),
  prompt_cache_key: text(512).nullish(),
};

const { shape } = inferenceInputSchema;
const conversationFields = {
  model: shape.model,
  messages: shape.messages.unwrap().unwrap(),
  max_tokens: shape.max_tokens,
  max_completion_tokens: shape.max_completion_tokens.meta({
    description: "The most tokens of the answer, thinking included.",
  }),
  temperature: shape.temperature,
  top_p: shape.top_p,
  stop: shape.stop,
  seed: shape.seed,
  response_format: shape.response_format,
  tools: shape.tools,
  tool_choice: shape.tool_choice,
  parallel_tool_calls: shape.parallel_tool_calls,
  reasoning_effort: shape.reasoning_effort,
  include_reasoning: shape.include_reasoning,
};

const optionsSchema = z.object({ ...ownFields, ...refusedFields, ...providerFields, ...reasoningWords });
export type ChatOptions = z.output<typeof optionsSchema>;

/** For the API document: all of it in one schema. Fields beyond it go to OpenAI's models as they are. */
export const chatCompletionInputSchema = z
  .looseObject({ ...conversationFields, ...optionsSchema.shape })
  .meta({ description: "OpenAI's body. Fields not listed here are sent on to OpenAI's models as they are." });

export interface ChatCompletionInput {
  /** Model, messages and all that every provider's mapping knows. */
  conversation: InferenceInput;
  options: ChatOptions;
  /** Fields that we know nothing of. */
  unknown: Record<string, unknown>;
  /** Where words of another API said it. The conversation says the same in ours. */
  asked?: AskedReasoning | undefined;
}

const conversationNames: ReadonlySet<string> = new Set(Object.keys(conversationFields));
const optionNames: ReadonlySet<string> = new Set(Object.keys(optionsSchema.shape));

/**
 * The body's three parts, by the schemas and in their words.
 * @throws AppError `invalid_request` naming the field.
 */
export function readChatInput(body: unknown): ChatCompletionInput {
  if (typeof body !== "object" || body === null || Array.isArray(body)) {
    const problem = body === undefined ? "is required" : "must be an object";
    throw new AppError("invalid_request", { public: `The request body ${problem}.` });
  }
  const parts: [string, unknown][][] = [[], [], []];
  for (const entry of Object.entries(body)) {
    parts[conversationNames.has(entry[0]) ? 0 : optionNames.has(entry[0]) ? 1 : 2]?.push(entry);
  }
  const [conversation = [], options = [], unknown = []] = parts;
  if (!("messages" in body) || body.messages === null) {
    throw new AppError("invalid_request", { public: "messages is required.", param: "messages" });
  }
  return {
    conversation: parseInput(inferenceInputSchema, Object.fromEntries(conversation)),
    options: parseInput(optionsSchema, Object.fromEntries(options)),
    unknown: Object.fromEntries(unknown),
  };
}

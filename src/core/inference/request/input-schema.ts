import { z } from "zod";
import { environments } from "../../platform";
import {
  callIdSchema,
  imageDetailSchema,
  imageUrlSchema,
  jsonObject,
  MAX_FALLBACKS,
  MAX_TEXT,
  MAX_TOOLS,
  parameters,
  participantSchema,
  text,
  textPartSchema,
  toolFunctionSchema,
  toolNameSchema,
} from "./chat";
import { reasoningWords } from "./reasoning/reasoning-words";

/**
 * The accepted wire format: our own fields, and what OpenAI clients send without meaning anything by it. They echo
 * whole answers (`refusal: null`, `annotations: []`, `content: ""`), spell out defaults (`n: 1`, `stream: false`) and
 * send null for absent fields. All of that is accepted; a value that asks for something we do not do is refused by
 * name.
 */

const MAX_MESSAGES = 2_048;

const ignored = z.json().nullish();
const absent = (message: string) => z.null(message).optional();
const refusedChoice = (message: string) => ({ error: message });

const participant = participantSchema.nullish().meta({
  description: "Who is speaking, if several people are. A provider without such a field gets it as text.",
});

const instructionContent = z.union([text(MAX_TEXT), z.array(textPartSchema).min(1)]);
const userContent = z.union([
  text(MAX_TEXT).min(1),
  z
    .array(
      z.discriminatedUnion("type", [
        textPartSchema,
        z.strictObject({
          type: z.literal("image_url"),
          image_url: z.strictObject({ url: imageUrlSchema, detail: imageDetailSchema.nullish() }),
        }),
      ]),
    )
    .min(1),
]);
const refusalPartSchema = z.strictObject({ type: z.literal("refusal"), refusal: text(MAX_TEXT) });

export const wireToolCallSchema = z.strictObject({
  id: callIdSchema,
  type: z.literal("function").nullish(),
  function: toolFunctionSchema,
  index: z
    .int()
    .nullish()
    .meta({ description: "Accepted as streams send it, but not used: the order of the list counts." }),
});

const LEGACY = "is no longer part of the protocol: send tool_calls";

const assistantMessageSchema = z.strictObject({
  role: z.literal("assistant"),
  content: z
    .union([
      text(MAX_TEXT),
      z.array(z.discriminatedUnion("type", [textPartSchema, refusalPartSchema])).min(1),
    ])
    .nullish(),
  tool_calls: z.array(wireToolCallSchema).max(MAX_TOOLS).nullish(),
  name: participant,
  refusal: text(MAX_TEXT).nullish().meta({ description: "What the model said when it refused to answer." }),
  annotations: ignored.meta({
    description: "Accepted when you send an answer back, but not sent to the provider.",
  }),
  reasoning: ignored.meta({
    description: "Accepted when you send an answer back, but not sent to the provider.",
  }),
  reasoning_content: text(MAX_TEXT).nullish().meta({
    description:
      "What the model thought, as its answer said. DeepSeek’s models get it back while they think; no other provider takes it.",
  }),
  audio: absent("is not supported: send the text"),
  function_call: absent(LEGACY),
});

export const wireMessageSchema = z.discriminatedUnion("role", [
  z.strictObject({ role: z.literal("system"), content: instructionContent, name: participant }),
  z.strictObject({ role: z.literal("developer"), content: instructionContent, name: participant }),
  z.strictObject({ role: z.literal("user"), content: userContent, name: participant }),
  assistantMessageSchema,
  z.strictObject({
    role: z.literal("tool"),
    tool_call_id: callIdSchema,
    content: instructionContent,
    name: text(64).nullish().meta({ description: "The function's name. Optional: the tool call names it." }),
  }),
]);

const description = text(4_096).nullish();
const strict = z.boolean().nullish().meta({
  description:
    "Makes the answer match the schema. A provider that cannot guarantee this still gets the schema.",
});

const wireToolSchema = z.strictObject({
  type: z.literal("function"),
  function: z.strictObject({
    name: toolNameSchema,
    description,
    parameters: jsonObject.nullish().meta({
      description: "A JSON Schema of an object. Omitted, null or {}: the function takes no arguments.",
    }),
    strict,
  }),
});

const wireFormatSchema = z.discriminatedUnion("type", [
  z.strictObject({ type: z.literal("text") }),
  z.strictObject({ type: z.literal("json_object") }),
  z.strictObject({
    type: z.literal("json_schema"),
    json_schema: z.strictObject({ name: toolNameSchema, description, schema: jsonObject, strict }),
  }),
]);

const stop = text(256).min(1);

/** Protocol defaults that clients spell out; no other value is accepted. */
const spelledOut = {
  n: z.literal(1, refusedChoice("must be 1. Send another request for another answer")).nullish(),
  stream: z.literal(false, refusedChoice("must be false: this call does not stream")).nullish(),
  stream_options: absent("needs a stream, and this call does not stream"),
  logprobs: z.literal(false, refusedChoice("must be false: log probabilities are not supported")).nullish(),
  top_logprobs: z.literal(0, refusedChoice("must be 0: log probabilities are not supported")).nullish(),
  logit_bias: z.strictObject({}, refusedChoice("must be empty: biases are not supported")).nullish(),
  presence_penalty: z.literal(0, refusedChoice("must be 0: penalties are not supported")).nullish(),
  frequency_penalty: z.literal(0, refusedChoice("must be 0: penalties are not supported")).nullish(),
  service_tier: z.enum(["auto", "default"], refusedChoice('must be "auto" or "default"')).nullish(),
  modalities: z.array(z.literal("text", refusedChoice('must be "text"'))).nullish(),
  verbosity: z.literal("medium", refusedChoice('must be "medium": no other value is supported')).nullish(),
  audio: absent("is not supported"),
  prediction: absent("is not supported"),
  functions: absent("is no longer part of the protocol: send tools"),
  function_call: absent("is no longer part of the protocol: send tool_choice"),
};

/** Accepted but not sent on: a provider does not need to know our customer's users. */
const notSentOn = {
  user: text(512)
    .nullish()
    .meta({ description: "Accepted, but not sent to the provider. Use `metadata` to find requests." }),
  safety_identifier: text(512).nullish().meta({ description: "Accepted, but not sent to the provider." }),
  prompt_cache_key: text(512).nullish().meta({ description: "Accepted, but not sent to the provider." }),
  store: z.boolean().nullish().meta({
    description:
      "Accepted, but has no effect: the provider is always told not to store, and your history is kept here.",
  }),
};

/** The body of `POST /api/v1/inference`, with either `messages` or the `prompt` shorthand. */
export const inferenceInputSchema = z
  .strictObject({
    model: z.string().min(1).max(128).meta({
      description:
        "A model's ID, or a dated or prefixed form of it: `gpt-4o`, `gpt-4o-2024-08-06`, `openai/gpt-4o`, `models/gemini-3.8-flash`.",
    }),
    models: z.array(z.string().min(1).max(128)).max(MAX_FALLBACKS).nullish().meta({
      description:
        "Models that answer in this order where the one asked for cannot; the one that answers is billed, and the most that any of them can cost is held.",
    }),
    messages: z.array(wireMessageSchema).min(1).max(MAX_MESSAGES).nullish().meta({
      description:
        "Each tool call of an assistant message needs one tool message, right after it; the order of those is free.",
    }),
    prompt: text(MAX_TEXT).min(1).nullish().meta({ description: "Shorthand for one user message." }),
    max_tokens: parameters.max_tokens.nullish().meta({
      description:
        "The most tokens the answer may have. A reasoning model gets extra tokens to think, which are also held and billed as output.",
    }),
    max_completion_tokens: parameters.max_tokens
      .nullish()
      .meta({ description: "The newer name of `max_tokens`. Send only one of them." }),
    temperature: parameters.temperature.nullish(),
    top_p: parameters.top_p.nullish(),
    stop: z.union([stop, z.array(stop).max(4)]).nullish(),
    seed: parameters.seed.nullish().meta({
      description:
        "A hint to get the same answer again. DeepSeek does not take it: `x-agatha-not-sent` says so.",
    }),
    response_format: wireFormatSchema.nullish(),
    tools: z.array(wireToolSchema).min(1).max(MAX_TOOLS).nullish(),
    tool_choice: parameters.tool_choice.nullish(),
    parallel_tool_calls: parameters.parallel_tool_calls
      .nullish()
      .meta({ description: "`false`: at most one tool call per answer." }),
    reasoning_effort: parameters.reasoning_effort.nullish().meta({
      description:
        "How long the model may think. One that does not reason is not told (`x-agatha-not-sent`); for one that does, a level it does not have is refused.",
    }),
    include_reasoning: parameters.include_reasoning.nullish().meta({
      description:
        "`true`: what the model thinks comes with its answer, as `reasoning_content`: a summary from OpenAI and Gemini, all of it from DeepSeek. It does not make a model think. One that never does refuses it; a DeepSeek model that thinks refuses `false`.",
    }),
    ...reasoningWords,
    metadata: parameters.metadata.nullish(),
    environment: z.enum(environments).nullish().meta({
      description:
        "Where the request runs. An API key's requests run in its own environment. A person can choose: `live` by default (`test` until their email is verified).",
    }),
    ...notSentOn,
    ...spelledOut,
  })
  .superRefine((input, context) => {
    const refuse = (path: string, message: string) =>
      context.addIssue({ code: "custom", path: [path], message });
    const given = Number(input.messages != null) + Number(input.prompt != null);
    if (given !== 1) {
      const where = input.prompt == null ? "messages" : "prompt";
      refuse(where, given === 0 ? "Send either messages or prompt." : "Send messages or prompt, not both.");
    }
    if (input.tool_choice != null && input.tools == null) refuse("tool_choice", "needs tools");
    const { max_tokens, max_completion_tokens } = input;
    if (max_tokens != null && max_completion_tokens != null && max_tokens !== max_completion_tokens) {
      refuse("max_completion_tokens", "must be equal to max_tokens. Send only one of them");
    }
  });

export type InferenceInput = z.output<typeof inferenceInputSchema>;

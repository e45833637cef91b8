import { z } from "zod";
import { environments } from "../platform/environment";

/**
 * The one shape of a chat request: what REST and the portal accept, what is stored (encrypted), and what the worker's
 * engine maps to each provider. Snake case throughout, as on the wire.
 */

/** NUL cannot be stored as text and a lone surrogate is not Unicode: both would be altered silently further on. */
const text = (max: number) =>
  z
    .string()
    .max(max, `must be at most ${max.toLocaleString("en-US")} characters`)
    .refine((value) => !value.includes("\u0000"), "must not contain NUL characters")
    .refine((value) => value.isWellFormed(), "must be valid Unicode: it holds half of a surrogate pair");

const MAX_TEXT = 4_000_000;
const MAX_MESSAGES = 2_048;
const MAX_TOOLS = 128;

const textPartSchema = z.strictObject({ type: z.literal("text"), text: text(MAX_TEXT).min(1) });
const imagePartSchema = z.strictObject({
  type: z.literal("image_url"),
  image_url: z.strictObject({
    url: text(14_000_000).refine(
      (url) =>
        /^https:\/\/\S+$/.test(url) || /^data:image\/(png|jpeg|webp|gif);base64,[A-Za-z0-9+/]+=*$/.test(url),
      "must be an https URL or a base64 data URL of a PNG, JPEG, WebP or GIF image",
    ),
    detail: z.enum(["auto", "low", "high"]).optional(),
  }),
});

export const toolCallSchema = z.strictObject({
  id: text(256).min(1),
  type: z.literal("function"),
  function: z.strictObject({ name: text(64).min(1), arguments: text(MAX_TEXT) }),
});

const textOrTextParts = z.union([text(MAX_TEXT).min(1), z.array(textPartSchema).min(1)]);

export const chatMessageSchema = z.discriminatedUnion("role", [
  z.strictObject({ role: z.literal("system"), content: textOrTextParts }),
  z.strictObject({ role: z.literal("developer"), content: textOrTextParts }),
  z.strictObject({
    role: z.literal("user"),
    content: z.union([
      text(MAX_TEXT).min(1),
      z.array(z.discriminatedUnion("type", [textPartSchema, imagePartSchema])).min(1),
    ]),
  }),
  z.strictObject({
    role: z.literal("assistant"),
    content: textOrTextParts.nullish(),
    tool_calls: z.array(toolCallSchema).min(1).max(MAX_TOOLS).optional(),
  }),
  z.strictObject({ role: z.literal("tool"), tool_call_id: text(256).min(1), content: textOrTextParts }),
]);

const jsonObject = z.record(z.string(), z.json());

const toolSchema = z.strictObject({
  type: z.literal("function"),
  function: z.strictObject({
    name: z.string().regex(/^[A-Za-z0-9_-]{1,64}$/, "must be 1–64 letters, digits, underscores or dashes"),
    description: text(4_096).optional(),
    parameters: jsonObject.optional(),
    strict: z.boolean().optional(),
  }),
});

const toolChoiceSchema = z.union([
  z.enum(["none", "auto", "required"]),
  z.strictObject({
    type: z.literal("function"),
    function: z.strictObject({ name: z.string().min(1).max(64) }),
  }),
]);

const responseFormatSchema = z.discriminatedUnion("type", [
  z.strictObject({ type: z.literal("text") }),
  z.strictObject({ type: z.literal("json_object") }),
  z.strictObject({
    type: z.literal("json_schema"),
    json_schema: z.strictObject({
      name: z.string().regex(/^[A-Za-z0-9_-]{1,64}$/, "must be 1–64 letters, digits, underscores or dashes"),
      description: text(4_096).optional(),
      schema: jsonObject,
      strict: z.boolean().optional(),
    }),
  }),
]);

const metadataSchema = z
  .record(text(64).min(1), text(512))
  .refine((entries) => Object.keys(entries).length <= 16, "must have at most 16 entries");

const chatFields = {
  model: z.string().min(1).max(128),
  max_tokens: z.int().min(1).max(1_000_000).optional(),
  temperature: z.number().min(0).max(2).optional(),
  top_p: z.number().gt(0).max(1).optional(),
  stop: z.union([text(256).min(1), z.array(text(256).min(1)).min(1).max(4)]).optional(),
  seed: z.int().min(-2_147_483_648).max(2_147_483_647).optional(),
  response_format: responseFormatSchema.optional(),
  tools: z.array(toolSchema).min(1).max(MAX_TOOLS).optional(),
  tool_choice: toolChoiceSchema.optional(),
  metadata: metadataSchema.optional(),
};

/** What a customer sends to `POST /api/v1/inference`: either `messages` or the `prompt` shorthand. */
export const inferenceInputSchema = z
  .strictObject({
    ...chatFields,
    messages: z.array(chatMessageSchema).min(1).max(MAX_MESSAGES).optional(),
    prompt: text(MAX_TEXT).min(1).optional(),
    environment: z.enum(environments).optional().meta({
      description:
        "Where it runs. An API key's own environment, which decides; a person chooses: `live` unless told otherwise (`test` until their address is verified).",
    }),
  })
  .superRefine((input, context) => {
    const given = Number(input.messages !== undefined) + Number(input.prompt !== undefined);
    if (given !== 1) {
      context.addIssue({
        code: "custom",
        path: [input.prompt === undefined ? "messages" : "prompt"],
        message: given === 0 ? "give either messages or prompt" : "give messages or prompt, not both",
      });
    }
    if (input.tool_choice !== undefined && input.tools === undefined) {
      context.addIssue({ code: "custom", path: ["tool_choice"], message: "needs tools" });
    }
  });

/** The stored, normalized request: `prompt` has become a user message. */
export const chatRequestSchema = z.strictObject({
  ...chatFields,
  messages: z.array(chatMessageSchema).min(1),
});

export type InferenceInput = z.output<typeof inferenceInputSchema>;
export type ChatRequest = z.output<typeof chatRequestSchema>;
export type ChatMessage = z.output<typeof chatMessageSchema>;
export type ToolCall = z.output<typeof toolCallSchema>;
export type Tool = z.output<typeof toolSchema>;
export type ResponseFormat = z.output<typeof responseFormatSchema>;

export const finishReasons = ["stop", "length", "tool_calls", "content_filter"] as const;
export type FinishReason = (typeof finishReasons)[number];

/** The provider's own numbers; `output` includes `reasoning`, `input` includes `cachedInput`. */
export interface TokenUsage {
  inputTokens: number;
  cachedInputTokens: number;
  outputTokens: number;
  reasoningTokens: number;
}

/** What the engine hands back, whichever provider answered. */
export interface Completion {
  content: string | null;
  toolCalls: ToolCall[];
  finishReason: FinishReason;
  usage: TokenUsage;
  /** The model that answered, as its provider names it. */
  upstreamModel: string;
}

import { z } from "zod";
import { reasoningEffortSchema, type TokenUsage } from "../../models";

/**
 * The one internal shape of a chat request: stored (encrypted), shown again, and mapped to each provider by the
 * worker's engine. Snake case throughout, as on the wire. The wire accepts more (input-schema.ts).
 */

/** NUL cannot be stored as text and a lone surrogate is not Unicode: both would be altered silently further on. */
export const text = (max: number) =>
  z
    .string()
    .max(max, `must be at most ${max.toLocaleString("en-US")} characters`)
    .refine((value) => !value.includes("\u0000"), "must not contain NUL characters")
    .refine((value) => value.isWellFormed(), "must be valid Unicode: it contains half of a surrogate pair");

export const MAX_TEXT = 4_000_000;
export const MAX_TOOLS = 128;
/** Models that may answer beside the one asked for. */
export const MAX_FALLBACKS = 4;

/** One of our ids may carry what a provider wants back with the call, which is long (ADR 28). */
export const callIdSchema = text(65_536).min(1);

/** Who speaks, where several do. OpenAI's own rule, which every provider's mapping can keep. */
export const participantSchema = z
  .string()
  .regex(/^[^\s<|\\/>]{1,64}$/, "must be 1–64 characters without spaces, <, >, |, / and \\");

export const textPartSchema = z.strictObject({ type: z.literal("text"), text: text(MAX_TEXT) });
export const imageUrlSchema = text(14_000_000).refine(
  (url) =>
    /^https:\/\/\S+$/.test(url) || /^data:image\/(png|jpeg|webp|gif);base64,[A-Za-z0-9+/]+=*$/.test(url),
  "must be an https URL or a base64 data URL of a PNG, JPEG, WebP or GIF image",
);
export const imageDetailSchema = z.enum(["auto", "low", "high"]);
const imagePartSchema = z.strictObject({
  type: z.literal("image_url"),
  image_url: z.strictObject({ url: imageUrlSchema, detail: imageDetailSchema.optional() }),
});

export const toolFunctionSchema = z.strictObject({ name: text(64).min(1), arguments: text(MAX_TEXT) });

export const toolCallSchema = z.strictObject({
  id: callIdSchema,
  type: z.literal("function"),
  function: toolFunctionSchema,
});

const textContentSchema = z.union([text(MAX_TEXT), z.array(textPartSchema).min(1)]);
const userContentSchema = z.union([
  text(MAX_TEXT).min(1),
  z.array(z.discriminatedUnion("type", [textPartSchema, imagePartSchema])).min(1),
]);

const name = participantSchema.optional();

export const chatMessageSchema = z.discriminatedUnion("role", [
  z.strictObject({ role: z.literal("system"), content: textContentSchema, name }),
  z.strictObject({ role: z.literal("developer"), content: textContentSchema, name }),
  z.strictObject({ role: z.literal("user"), content: userContentSchema, name }),
  z.strictObject({
    role: z.literal("assistant"),
    content: textContentSchema.nullish(),
    reasoning_content: text(MAX_TEXT).optional(),
    tool_calls: z.array(toolCallSchema).min(1).max(MAX_TOOLS).optional(),
    name,
  }),
  z.strictObject({ role: z.literal("tool"), tool_call_id: callIdSchema, content: textContentSchema }),
]);

export const jsonObject = z.record(z.string(), z.json());

export const toolNameSchema = z
  .string()
  .regex(/^[A-Za-z0-9_-]{1,64}$/, "must be 1–64 letters, digits, underscores or dashes");

const toolSchema = z.strictObject({
  type: z.literal("function"),
  function: z.strictObject({
    name: toolNameSchema,
    description: text(4_096).optional(),
    parameters: jsonObject.optional(),
    strict: z.boolean().optional(),
  }),
});

export const toolChoiceSchema = z.union([
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
      name: toolNameSchema,
      description: text(4_096).optional(),
      schema: jsonObject,
      strict: z.boolean().optional(),
    }),
  }),
]);

export const metadataSchema = z
  .record(text(64).min(1), text(512))
  .refine((entries) => Object.keys(entries).length <= 16, "must have at most 16 entries");

/** The parameters that are the same on the wire and inside, but that there each may also be null. */
export const parameters = {
  max_tokens: z.int().min(1).max(1_000_000),
  temperature: z.number().min(0).max(2),
  top_p: z.number().gt(0).max(1),
  seed: z.int().min(-2_147_483_648).max(2_147_483_647),
  parallel_tool_calls: z.boolean(),
  reasoning_effort: reasoningEffortSchema,
  include_reasoning: z.boolean(),
  tool_choice: toolChoiceSchema,
  metadata: metadataSchema,
};

/** The stored, normalized request: `prompt` has become a user message, null an absent field. */
export const chatRequestSchema = z.strictObject({
  model: z.string().min(1).max(128),
  models: z.array(z.string().min(1).max(128)).min(1).max(MAX_FALLBACKS).optional(),
  ...z.object(parameters).partial().shape,
  stop: z.union([text(256).min(1), z.array(text(256).min(1)).min(1).max(4)]).optional(),
  response_format: responseFormatSchema.optional(),
  tools: z.array(toolSchema).min(1).max(MAX_TOOLS).optional(),
  messages: z.array(chatMessageSchema).min(1),
});

export type ChatRequest = z.output<typeof chatRequestSchema>;
export type ChatMessage = z.output<typeof chatMessageSchema>;
export type ToolCall = z.output<typeof toolCallSchema>;
export type Tool = z.output<typeof toolSchema>;
export type ResponseFormat = z.output<typeof responseFormatSchema>;

export const finishReasons = ["stop", "length", "tool_calls", "content_filter"] as const;
export type FinishReason = (typeof finishReasons)[number];

/** What the engine returns, whichever provider answered. */
export interface Completion {
  content: string | null;
  /** The model's thoughts, where its provider shows them. */
  reasoning?: string | undefined;
  toolCalls: ToolCall[];
  finishReason: FinishReason;
  usage: TokenUsage;
  /** The model that answered, as its provider names it. */
  upstreamModel: string;
}

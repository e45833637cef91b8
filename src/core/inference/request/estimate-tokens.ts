import { type Model, thinkingBudget } from "../../models";
import type { ChatMessage, ChatRequest } from "./chat";
import { SHORT_DESCRIPTION } from "./provider-limits";

/** The output limit where the caller sets none; it is reserved and sent upstream. */
export const DEFAULT_MAX_OUTPUT = 4_096;

/**
 * Overheads beyond the text, each well above what providers document or show in practice: role markers and separators
 * (3–7 tokens a message), the wrapper around one tool, and the hidden system text that announces tools or a JSON schema
 * (up to about 350 tokens).
 */
const PER_REQUEST = 32;
const PER_MESSAGE = 16;
const PER_TOOL = 32;
const TOOLS_PREAMBLE = 512;
const SCHEMA_PREAMBLE = 256;

/** Neither prose nor code reaches eight bytes per token; only long runs of blanks do. */
const MOST_BYTES_PER_TOKEN = 8;

/**
 * An upper bound of any provider's count of the input, used for reservations. All providers use byte-level or
 * byte-fallback tokenizers: a token covers at least one byte, so the UTF-8 length bounds the text. Images count with
 * the model's documented maximum.
 */
export function boundInputTokens(request: ChatRequest, model: Pick<Model, "imageTokens">): number {
  let tokens = PER_REQUEST;
  for (const message of request.messages) {
    tokens += PER_MESSAGE + textBytes(message) + thoughtBytes(message);
    for (const detail of imageDetails(message)) {
      tokens += detail === "low" ? model.imageTokens.low : model.imageTokens.high;
    }
  }
  return tokens + structureBound(request);
}

/**
 * A lower bound of the provider's count, above which a request is refused. An estimate would refuse valid input; a
 * request that passes here and is still too long is refused by the provider and costs nothing.
 */
export function floorInputTokens(request: ChatRequest): number {
  const bytes = request.messages.reduce((sum, message) => sum + textBytes(message) - idBytes(message), 0);
  return Math.floor(bytes / MOST_BYTES_PER_TOKEN);
}

/** A text for an embedding model, or its tokens. */
export type EmbeddingText = string | readonly number[];

/** Marks of start and end, where a provider counts them. */
const PER_TEXT = 4;

/** What `boundInputTokens` is for messages. */
export function boundEmbeddingTokens(texts: readonly EmbeddingText[]): number {
  return texts.reduce(
    (sum, text) => sum + PER_TEXT + (typeof text === "string" ? Buffer.byteLength(text) : text.length),
    0,
  );
}

/** What `floorInputTokens` is for messages; tokens are as many as they are. */
export function floorEmbeddingTokens(text: EmbeddingText): number {
  return typeof text === "string" ? Math.floor(Buffer.byteLength(text) / MOST_BYTES_PER_TOKEN) : text.length;
}

const TYPICAL_BYTES_PER_TOKEN = 4;
const TYPICAL_PER_MESSAGE = 4;

/** What a provider is likely to count of texts; never above `boundEmbeddingTokens`. */
export function guessEmbeddingTokens(texts: readonly EmbeddingText[]): number {
  return texts.reduce((sum, text) => {
    if (typeof text !== "string") return sum + text.length;
    return sum + Math.ceil(Buffer.byteLength(text) / TYPICAL_BYTES_PER_TOKEN);
  }, 0);
}

/** A guess of the provider's count, shown to people beside the bound, and billed where the provider gives none. */
export function guessInputTokens(
  request: ChatRequest,
  model: Pick<Model, "imageTokens" | "provider" | "defaultEffort">,
): number {
  const getsThoughts = isSentThoughts(request, model);
  let tokens = 0;
  let bytes = request.tools === undefined ? 0 : jsonBytes(request.tools);
  if (request.response_format?.type === "json_schema") bytes += jsonBytes(request.response_format);
  for (const message of request.messages) {
    tokens += TYPICAL_PER_MESSAGE;
    bytes += textBytes(message);
    if (getsThoughts) bytes += thoughtBytes(message);
    for (const detail of imageDetails(message)) {
      tokens += detail === "low" ? model.imageTokens.low : model.imageTokens.high;
    }
  }
  return tokens + Math.ceil(bytes / TYPICAL_BYTES_PER_TOKEN);
}

/** DeepSeek's models alone get thoughts back, while they think, and read them where tools were called. */
function isSentThoughts(
  { messages, reasoning_effort: asked }: ChatRequest,
  { provider, defaultEffort }: Pick<Model, "provider" | "defaultEffort">,
): boolean {
  if (provider !== "deepseek" || (asked ?? defaultEffort ?? "none") === "none") return false;
  return messages.some((message) => message.role === "assistant" && message.tool_calls !== undefined);
}

type OutputModel = Pick<
  Model,
  "maxOutputTokens" | "contextWindow" | "capabilities" | "efforts" | "defaultEffort"
>;

/**
 * The output limit that is sent upstream and reserved: the caller's, or the default as far as model and context allow,
 * plus a thinking budget. Providers count thinking against the same limit, so without that budget a small `max_tokens`
 * would be used up by thinking: no content, and billed. Where the caller sets neither limit, the default holds both, unless
 * thinking alone could use it up.
 */
export function outputLimit(request: ChatRequest, model: OutputModel): number {
  const { max_tokens: asked } = request;
  const thinking = budgetToThink(request, model);
  if (asked !== undefined) return Math.min(asked + thinking, model.maxOutputTokens);
  const left = model.contextWindow - floorInputTokens(request);
  const isBeside = request.reasoning_effort !== undefined || thinking >= DEFAULT_MAX_OUTPUT;
  const wanted = DEFAULT_MAX_OUTPUT + (isBeside ? thinking : 0);
  return Math.max(1, Math.min(model.maxOutputTokens, wanted, left));
}

/** A model that thinks a little by default gets the smallest budget. */
function budgetToThink({ reasoning_effort: asked }: ChatRequest, model: OutputModel): number {
  const effort = asked !== undefined && model.efforts.includes(asked) ? asked : model.defaultEffort;
  return thinkingBudget(effort ?? (model.capabilities.reasoning ? "minimal" : undefined));
}

function structureBound({ tools, tool_choice, response_format }: ChatRequest): number {
  let tokens = 0;
  if (tools !== undefined) {
    tokens += TOOLS_PREAMBLE + tools.length * PER_TOOL + jsonBytes(tools) + jsonBytes(tool_choice ?? "");
    // The description's start is sent in the provider's short field, and the whole of it again in the schema.
    for (const { function: tool } of tools) tokens += longDescriptionBytes(tool.description ?? "");
  }
  if (response_format !== undefined && response_format.type !== "text") {
    tokens += SCHEMA_PREAMBLE + jsonBytes(response_format);
  }
  return tokens;
}

function longDescriptionBytes(description: string): number {
  return description.length > SHORT_DESCRIPTION ? Buffer.byteLength(description) : 0;
}

function textBytes(message: ChatMessage): number {
  let bytes = 0;
  if (typeof message.content === "string") bytes += Buffer.byteLength(message.content);
  else
    for (const part of message.content ?? []) {
      if (part.type === "text") bytes += Buffer.byteLength(part.text) + 1;
    }
  if ("name" in message && message.name !== undefined) bytes += Buffer.byteLength(message.name) + 2;
  if (message.role === "tool") bytes += Buffer.byteLength(message.tool_call_id);
  if (message.role === "assistant" && message.tool_calls !== undefined)
    bytes += jsonBytes(message.tool_calls);
  return bytes;
}

/** Thoughts that are sent back. Not every provider is sent them, so that no lower bound counts them. */
function thoughtBytes(message: ChatMessage): number {
  return message.role === "assistant" ? Buffer.byteLength(message.reasoning_content ?? "") : 0;
}

/** The bytes of tool call ids. An id of ours can carry data that is not sent as text, so no provider counts it. */
function idBytes(message: ChatMessage): number {
  if (message.role === "tool") return Buffer.byteLength(message.tool_call_id);
  if (message.role !== "assistant") return 0;
  return (message.tool_calls ?? []).reduce((sum, { id }) => sum + Buffer.byteLength(id), 0);
}

function* imageDetails(message: ChatMessage) {
  if (message.role !== "user" || typeof message.content === "string") return;
  for (const part of message.content) {
    if (part.type === "image_url") yield part.image_url.detail ?? "auto";
  }
}

function jsonBytes(value: unknown): number {
  return Buffer.byteLength(JSON.stringify(value));
}

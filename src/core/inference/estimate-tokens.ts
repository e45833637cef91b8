import type { Model } from "../models";
import type { ChatMessage, ChatRequest } from "./chat";

/** Where the caller sets no limit, answers stop here; the same number is reserved and sent upstream. */
export const DEFAULT_MAX_OUTPUT = 4_096;

/**
 * Overheads above the text itself, each well over what the makers document or show in practice: role markers and
 * separators (3–7 tokens a message), the wrapper around one tool, and the hidden system text that announces tools or
 * a JSON schema (up to some 350 tokens).
 */
const PER_REQUEST = 32;
const PER_MESSAGE = 16;
const PER_TOOL = 32;
const TOOLS_PREAMBLE = 512;
const SCHEMA_PREAMBLE = 256;

/** No prose or code comes near eight bytes a token; only long runs of blanks do. */
const MOST_BYTES_PER_TOKEN = 8;

/**
 * A bound that no provider's own count of the input exceeds, for reservations. All three makers use byte-level or
 * byte-fallback tokenizers: a token covers at least one byte, so the UTF-8 length bounds the text; images count by
 * the model's documented maximum.
 */
export function boundInputTokens(request: ChatRequest, model: Pick<Model, "imageTokens">): number {
  let tokens = PER_REQUEST;
  for (const message of request.messages) {
    tokens += PER_MESSAGE + textBytes(message);
    for (const detail of imageDetails(message)) {
      tokens += detail === "low" ? model.imageTokens.low : model.imageTokens.high;
    }
  }
  return tokens + structureBound(request);
}

/**
 * Certainly no more than the provider will count: what a request is refused by. An estimate in between would refuse
 * legal input; what passes here and is still too long is refused by the provider, and costs nothing.
 */
export function floorInputTokens(request: ChatRequest): number {
  const bytes = request.messages.reduce((sum, message) => sum + textBytes(message), 0);
  return Math.floor(bytes / MOST_BYTES_PER_TOKEN);
}

const TYPICAL_BYTES_PER_TOKEN = 4;
const TYPICAL_PER_MESSAGE = 4;

/** What the provider will probably count, to show to people beside the bound; nothing is decided by it. */
export function guessInputTokens(request: ChatRequest, model: Pick<Model, "imageTokens">): number {
  let tokens = 0;
  let bytes = request.tools === undefined ? 0 : jsonBytes(request.tools);
  if (request.response_format?.type === "json_schema") bytes += jsonBytes(request.response_format);
  for (const message of request.messages) {
    tokens += TYPICAL_PER_MESSAGE;
    bytes += textBytes(message);
    for (const detail of imageDetails(message)) {
      tokens += detail === "low" ? model.imageTokens.low : model.imageTokens.high;
    }
  }
  return tokens + Math.ceil(bytes / TYPICAL_BYTES_PER_TOKEN);
}

/** The output limit sent upstream: the caller's, or the default so far as model and context allow. */
export function outputLimit(
  request: ChatRequest,
  model: Pick<Model, "maxOutputTokens" | "contextWindow">,
): number {
  if (request.max_tokens !== undefined) return request.max_tokens;
  const room = model.contextWindow - floorInputTokens(request);
  return Math.max(1, Math.min(model.maxOutputTokens, DEFAULT_MAX_OUTPUT, room));
}

function structureBound({ tools, tool_choice, response_format }: ChatRequest): number {
  let tokens = 0;
  if (tools !== undefined) {
    tokens += TOOLS_PREAMBLE + tools.length * PER_TOOL + jsonBytes(tools) + jsonBytes(tool_choice ?? "");
  }
  if (response_format !== undefined && response_format.type !== "text") {
    tokens += SCHEMA_PREAMBLE + jsonBytes(response_format);
  }
  return tokens;
}

function textBytes(message: ChatMessage): number {
  let bytes = 0;
  if (typeof message.content === "string") bytes += Buffer.byteLength(message.content);
  else
    for (const part of message.content ?? []) {
      if (part.type === "text") bytes += Buffer.byteLength(part.text) + 1;
    }
  if (message.role === "tool") bytes += Buffer.byteLength(message.tool_call_id);
  if (message.role === "assistant" && message.tool_calls !== undefined)
    bytes += jsonBytes(message.tool_calls);
  return bytes;
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

import type { InferenceInput } from "./input-schema";

/**
 * The shape that nearly every request has, checked by hand: Zod takes several times as long. Only what is certainly valid
 * passes, with exactly what the schemas would return; anything else is undefined, and the schemas judge it and find the
 * words. Tests hold the two against each other.
 */

/** The body of `POST /api/v1/inference`. */
export function readPlainInput(body: unknown): InferenceInput | undefined {
  if (!isRecord(body)) return undefined;
  for (const name of Object.keys(body)) {
    const check = plainConversation.get(name) ?? ownChecks.get(name);
    if (check?.(body[name]) !== true) return undefined;
  }
  if (body.model === undefined || (body.messages === undefined) === (body.prompt === undefined))
    return undefined;
  // Each field was checked above, by name.
  return agrees(body) ? (body as InferenceInput) : undefined;
}

/** Rules between fields: whatever may break one is judged by the schemas. */
export function agrees(conversation: Record<string, unknown>): boolean {
  if (conversation.tool_choice !== undefined && conversation.tools === undefined) return false;
  return conversation.max_tokens === undefined || conversation.max_completion_tokens === undefined;
}

export type Check = (value: unknown) => boolean;

const MAX_TEXT = 4_000_000;
const MAX_FALLBACKS = 4;
const MAX_MESSAGES = 2_048;
const MAX_TOOLS = 128;
const MAX_CALL_ID = 65_536;

export const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);
export const isBoolean: Check = (value) => typeof value === "boolean";
const isWhole = (value: unknown, least: number, most: number) =>
  typeof value === "number" && Number.isInteger(value) && value >= least && value <= most;
const isWithin = (value: unknown, least: number, most: number) =>
  typeof value === "number" && value >= least && value <= most;
const isText = (value: unknown, least: number, most: number): value is string =>
  typeof value === "string" &&
  value.length >= least &&
  value.length <= most &&
  !value.includes("\u0000") &&
  value.isWellFormed();

const toolName = /^[A-Za-z0-9_-]{1,64}$/;
const efforts: ReadonlySet<unknown> = new Set(["none", "minimal", "low", "medium", "high"]);
const choices: ReadonlySet<unknown> = new Set(["none", "auto", "required"]);

/** The fields of a conversation, the same for every way in. */
export const plainConversation: ReadonlyMap<string, Check> = new Map<string, Check>([
  ["model", (value) => typeof value === "string" && value.length >= 1 && value.length <= 128],
  [
    "messages",
    (value) =>
      Array.isArray(value) && value.length >= 1 && value.length <= MAX_MESSAGES && value.every(isMessage),
  ],
  ["max_tokens", (value) => isWhole(value, 1, 1_000_000)],
  ["max_completion_tokens", (value) => isWhole(value, 1, 1_000_000)],
  ["temperature", (value) => isWithin(value, 0, 2)],
  ["top_p", (value) => isWithin(value, 0, 1) && value !== 0],
  ["seed", (value) => isWhole(value, -2_147_483_648, 2_147_483_647)],
  [
    "stop",
    (value) =>
      isText(value, 1, 256) ||
      (Array.isArray(value) && value.length <= 4 && value.every((stop) => isText(stop, 1, 256))),
  ],
  [
    "tools",
    (value) => Array.isArray(value) && value.length >= 1 && value.length <= MAX_TOOLS && value.every(isTool),
  ],
  ["tool_choice", (value) => choices.has(value)],
  ["parallel_tool_calls", isBoolean],
  ["reasoning_effort", (value) => efforts.has(value)],
  ["include_reasoning", isBoolean],
]);

const ownChecks: ReadonlyMap<string, Check> = new Map<string, Check>([
  ["prompt", (value) => isText(value, 1, MAX_TEXT)],
  ["models", isModels],
  ["metadata", isMetadata],
  ["environment", (value) => value === "live" || value === "test"],
]);

function isModels(value: unknown): boolean {
  return (
    Array.isArray(value) &&
    value.length <= MAX_FALLBACKS &&
    value.every((name) => typeof name === "string" && name.length >= 1 && name.length <= 128)
  );
}

function isMetadata(value: unknown): boolean {
  if (!isRecord(value)) return false;
  const entries = Object.entries(value);
  return (
    entries.length <= 16 &&
    entries.every(([name, text]) => name !== "__proto__" && isText(name, 1, 64) && isText(text, 0, 512))
  );
}

function isMessage(message: unknown): boolean {
  if (!isRecord(message)) return false;
  switch (message.role) {
    case "user":
      return has(message, 2) && (isText(message.content, 1, MAX_TEXT) || isTexts(message.content));
    case "system":
    case "developer":
      return has(message, 2) && (isText(message.content, 0, MAX_TEXT) || isTexts(message.content));
    case "assistant":
      return isAnswer(message);
    case "tool":
      return (
        has(message, 3) &&
        isText(message.tool_call_id, 1, MAX_CALL_ID) &&
        (isText(message.content, 0, MAX_TEXT) || isTexts(message.content))
      );
    default:
      return false;
  }
}

/** Each of the fields named by a caller is checked by it; so many and no more means those. */
function has(value: Record<string, unknown>, fields: number): boolean {
  return Object.keys(value).length === fields;
}

function isTexts(parts: unknown): boolean {
  return (
    Array.isArray(parts) &&
    parts.length >= 1 &&
    parts.every(
      (part) => isRecord(part) && has(part, 2) && part.type === "text" && isText(part.text, 0, MAX_TEXT),
    )
  );
}

function isAnswer(message: Record<string, unknown>): boolean {
  for (const [name, value] of Object.entries(message)) {
    if (name === "role") continue;
    if (name === "content" && (value === null || isText(value, 0, MAX_TEXT))) continue;
    if (name === "refusal" && value === null) continue;
    if (name === "reasoning_content" && (value === null || isText(value, 0, MAX_TEXT))) continue;
    if (name === "tool_calls" && Array.isArray(value) && value.length <= MAX_TOOLS && value.every(isCall))
      continue;
    return false;
  }
  return true;
}

function isCall(call: unknown): boolean {
  return (
    isRecord(call) &&
    has(call, 3) &&
    isText(call.id, 1, MAX_CALL_ID) &&
    call.type === "function" &&
    isRecord(call.function) &&
    has(call.function, 2) &&
    isText(call.function.name, 1, 64) &&
    isText(call.function.arguments, 0, MAX_TEXT)
  );
}

function isTool(tool: unknown): boolean {
  if (!isRecord(tool) || !has(tool, 2) || tool.type !== "function" || !isRecord(tool.function)) return false;
  for (const [name, value] of Object.entries(tool.function)) {
    if (name === "name" && typeof value === "string" && toolName.test(value)) continue;
    if (name === "description" && isText(value, 0, 4_096)) continue;
    if (name === "strict" && typeof value === "boolean") continue;
    if (name === "parameters" && isRecord(value) && isPlainJson(value)) continue;
    return false;
  }
  return tool.function.name !== undefined;
}

/** JSON as it was parsed, but for two things that a schema takes differently: numbers beyond a double, and `__proto__`. */
function isPlainJson(value: unknown): boolean {
  if (typeof value === "number") return Number.isFinite(value);
  if (typeof value !== "object" || value === null) return true;
  if (Array.isArray(value)) return value.every(isPlainJson);
  return Object.keys(value).every(
    (name) => name !== "__proto__" && isPlainJson((value as Record<string, unknown>)[name]),
  );
}

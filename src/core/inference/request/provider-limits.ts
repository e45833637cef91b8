import { type Model, openAiApi } from "../../models";
import { AppError } from "../../platform";
import type { ChatRequest } from "./chat";
import { checkSchema } from "./json-schema/check-schema";
import { functionParameters } from "./json-schema/function-parameters";
import { geminiResponseSchema } from "./json-schema/gemini-response-schema";
import { asArray, type Json, under } from "./json-schema/schema";
import { checkStrictSchema } from "./json-schema/strict-schema";
import { checkShownThoughts } from "./reasoning/shown-thoughts";

/**
 * The longest tool description that fits every provider's own field. A longer one is also put into the tool's schema.
 */
export const SHORT_DESCRIPTION = 1_024;

const SCHEMA_AT = "response_format.json_schema.schema";

/**
 * Refuses by name what the model's provider does not accept, instead of letting the provider refuse or ignore it. What
 * can be sent differently (names, ids, long descriptions) is no limit; the engine rewrites it.
 * @throws AppError `invalid_request` where no provider accepts it, else `unsupported_parameter`; `param` names the
 * field.
 */
export function checkProviderLimits(request: ChatRequest, model: Model): void {
  checkToolSchemas(request, model);
  checkResponseSchema(request, model);
  checkEffort(request, model);
  checkShownThoughts(request, model);
  checkResponsesApi(request, model);
  checkDeepSeek(request, model);
  if (model.provider === "gemini") {
    checkImages(request, model);
    checkFirstCall(request, model);
    checkCallArguments(request, model);
  }
}

function unsupported(param: string, message: string): AppError {
  return new AppError("unsupported_parameter", { public: `${param} ${message}`, param });
}

function refuse(param: string, message: string): AppError {
  return new AppError("invalid_request", { public: `${param} ${message}`, param });
}

/** OpenAI refuses these at the top of a function's schema. */
const notAtTheTop = ["anyOf", "oneOf", "allOf", "enum", "const", "not"];

function checkToolSchemas({ tools = [] }: ChatRequest, { provider, id }: Model): void {
  for (const [index, { function: tool }] of tools.entries()) {
    if (tool.parameters === undefined) continue;
    const at = `tools[${index}].function.parameters`;
    checkSchema(tool.parameters, at);
    const schema = functionParameters(tool.parameters);
    if (schema === undefined) continue;
    if (schema.type !== "object")
      throw refuse(under(at, "type"), 'must be "object": a function’s arguments are an object.');
    if (provider !== "openai") continue;
    const top = notAtTheTop.find((keyword) => schema[keyword] !== undefined);
    if (top !== undefined) {
      throw unsupported(
        under(at, top),
        `is not supported at the top of a function’s schema by ${id}. Put it into a property.`,
      );
    }
    if (tool.strict === true) checkStrictSchema(schema, at);
  }
}

function checkResponseSchema({ response_format: format }: ChatRequest, { provider, id }: Model): void {
  if (format?.type !== "json_schema") return;
  const { schema, strict = false } = format.json_schema;
  checkSchema(schema, SCHEMA_AT);
  if (provider === "gemini") geminiResponseSchema(schema, { at: SCHEMA_AT, strict });
  if (provider !== "openai") return;
  if (!isObjectSchema(schema)) throw unsupported(under(SCHEMA_AT, "type"), `must be "object" for ${id}.`);
  if (strict) checkStrictSchema(schema, SCHEMA_AT);
}

function isObjectSchema(schema: Json): boolean {
  return schema.type === "object" || typeof schema.$ref === "string";
}

function checkEffort({ reasoning_effort: effort, ...request }: ChatRequest, model: Model): void {
  if (effort === undefined || model.efforts.length === 0) return;
  if (!model.efforts.includes(effort)) {
    throw unsupported(
      "reasoning_effort",
      `must be one of ${asArray(model.efforts).join(", ")} for ${model.id}.`,
    );
  }
  if (model.provider !== "openai" || effort === "none") return;
  for (const param of ["temperature", "top_p"] as const) {
    if (request[param] === undefined) continue;
    throw unsupported(
      param,
      `is not supported by ${model.id} while it reasons. Omit it, or omit reasoning_effort.`,
    );
  }
}

/** OpenAI's Responses API, which alone takes tools or shows thoughts while a model reasons, has neither. */
function checkResponsesApi(request: ChatRequest, { id, provider, upstreamModel }: Model): void {
  if (provider !== "openai" || openAiApi(upstreamModel, request) !== "responses") return;
  for (const param of ["stop", "seed"] as const) {
    if (request[param] === undefined) continue;
    throw unsupported(
      param,
      `is not supported by ${id} when it reasons and gets tools or include_reasoning.`,
    );
  }
}

/**
 * Without thinking it samples with 1 and takes any other value without an error and without effect, a reader's notes say of
 * DeepSeek's guide (wwsun.github.io/notes/deepseek-thinking-mode). Refused: a value that may have no effect must not pass
 * for one that has. Retired models of DeepSeek are answered by it.
 */
const fixedTopP: ReadonlySet<string> = new Set(["deepseek-flash"]);

/**
 * Thinking ignores temperature (api-docs.deepseek.com/guides/thinking_mode) and, by those notes, top_p or all of it below
 * 0.95; and it refuses to be made to call a tool (github.com/deepseek-ai/DeepSeek-V3/issues/1376).
 */
function checkDeepSeek(request: ChatRequest, { id, provider, upstreamModel, ...model }: Model): void {
  if (provider !== "deepseek") return;
  const { temperature, top_p: topP, tool_choice: choice } = request;
  const thinks = (request.reasoning_effort ?? model.defaultEffort ?? "none") !== "none";
  if (!thinks) {
    if (topP === undefined || topP === 1 || !fixedTopP.has(upstreamModel)) return;
    throw unsupported("top_p", `is not supported by ${id}: it always samples with 1. Use temperature.`);
  }
  const ignored = temperature !== undefined && temperature !== 1 ? "temperature" : "top_p";
  if (ignored === "temperature" || (topP !== undefined && topP !== 1))
    throw unsupported(ignored, `is not supported by ${id} while it reasons.`);
  if (choice === "required" || typeof choice === "object")
    throw unsupported("tool_choice", `must be "auto" or "none" for ${id} while it reasons.`);
}

/** Extensions of image files that Gemini does not read. */
const otherImages = /\.(gif|svg|bmp|tiff?|avif|ico)$/i;

function checkImages({ messages }: ChatRequest, { id }: Model): void {
  for (const [index, message] of messages.entries()) {
    if (message.role !== "user" || typeof message.content === "string") continue;
    for (const [position, part] of message.content.entries()) {
      if (part.type !== "image_url" || !isOtherImage(part.image_url.url)) continue;
      throw unsupported(
        `messages[${index}].content[${position}].image_url.url`,
        `is an image type that ${id} does not read. Use PNG, JPEG or WebP.`,
      );
    }
  }
}

function isOtherImage(url: string): boolean {
  if (url.startsWith("data:")) return url.startsWith("data:image/gif");
  return URL.canParse(url) && otherImages.test(new URL(url).pathname);
}

/** Gemini refuses a tool call before the first user message. */
function checkFirstCall({ messages }: ChatRequest, { id }: Model): void {
  const first = messages.findIndex(({ role }) => role === "user");
  const early = messages.findIndex(
    (message) => message.role === "assistant" && message.tool_calls !== undefined,
  );
  if (early < 0 || (first >= 0 && first < early)) return;
  throw unsupported(`messages[${early}].tool_calls`, `must come after a user message for ${id}.`);
}

/** Gemini takes a call's arguments as an object; other providers as text with any content. */
function checkCallArguments({ messages }: ChatRequest, { id }: Model): void {
  for (const [index, message] of messages.entries()) {
    if (message.role !== "assistant") continue;
    for (const [position, call] of (message.tool_calls ?? []).entries()) {
      if (call.function.arguments.trim() === "" || isJsonObject(call.function.arguments)) continue;
      throw unsupported(
        `messages[${index}].tool_calls[${position}].function.arguments`,
        `must be a JSON object for ${id}.`,
      );
    }
  }
}

function isJsonObject(text: string): boolean {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null && !Array.isArray(value);
  } catch {
    return false;
  }
}

import {
  type ChatMessage,
  type ChatRequest,
  type Completion,
  type FinishReason,
  functionParameters,
  noParameters,
  type Tool,
  type ToolCall,
  toolCallSchema,
} from "@agathaai/core/inference";
import type { TokenUsage } from "@agathaai/core/models";
import type { ChatCompletionMessageParam } from "openai/resources/chat/completions";
import { z } from "zod";
import { ProviderFailure, type ProviderName } from "../../failures/errors";
import { present } from "../provider";
import { chatCallId } from "./tool-call-ids";
import type { ToolNames } from "./tool-names";
import { chatUsage, type Served } from "./usage";

/** OpenAI's chat-completions protocol, as OpenAI and DeepSeek both speak it. */

/** Providers add fields of their own (`index`, …) to what our schema knows strictly. */
function knownKeys(call: unknown): unknown {
  const parsed = z
    .object({
      id: z.unknown(),
      type: z.unknown().default("function"),
      // Nothing to say about arguments is no arguments.
      function: z.object({ name: z.unknown(), arguments: z.unknown().transform((text) => text || "{}") }),
    })
    .safeParse(call);
  return parsed.data;
}

const responseSchema = z.object({
  model: z.string(),
  choices: z
    .array(
      z.object({
        finish_reason: z.string().nullish(),
        message: z.object({
          content: z.string().nullish(),
          refusal: z.string().nullish(),
          reasoning_content: z.string().nullish(),
          tool_calls: z.array(z.preprocess(knownKeys, toolCallSchema)).nullish(),
        }),
      }),
    )
    .min(1),
  usage: z.unknown().optional(),
  service_tier: z.string().nullish(),
});

const finishReasonOf: Record<string, FinishReason> = {
  stop: "stop",
  length: "length",
  tool_calls: "tool_calls",
  function_call: "tool_calls",
  content_filter: "content_filter",
};

/** @throws ProviderFailure when the response does not follow the protocol, or says that it was broken off. */
export function completionOfResponse(
  provider: ProviderName,
  response: unknown,
  names?: ToolNames,
  served?: Served,
): Completion {
  const { usage, ...said } = readResponse(provider, response, names, served);
  if (usage === undefined) throw unbilled(provider);
  return { ...said, usage };
}

/** The same, whether or not it says what it cost. */
export function readResponse(
  provider: ProviderName,
  response: unknown,
  names?: ToolNames,
  served?: Served,
): Omit<Completion, "usage"> & { usage: TokenUsage | undefined } {
  const read = isPlainResponse(response) ? response : parsedResponse(provider, response);
  const [choice] = read.choices;
  const { message } = choice;
  const toolCalls = (message.tool_calls ?? []).map((call): ToolCall => {
    const name = names?.fromProvider(call.function.name) ?? call.function.name;
    return { ...call, function: { ...call.function, name } };
  });
  const content = message.content || message.refusal || null;
  const { usage, service_tier: serviceTier, model } = read;
  return {
    content,
    reasoning: message.reasoning_content || undefined,
    toolCalls,
    finishReason: chatFinishReason(provider, choice.finish_reason, content !== null, toolCalls.length > 0),
    usage: chatUsage(usage, { longCache: served?.longCache, regional: served?.regional, serviceTier }),
    upstreamModel: model,
  };
}

type Response = z.output<typeof responseSchema>;
type Choice = Response["choices"][number];
type ResponseWithChoice = Omit<Response, "choices"> & { choices: [Choice, ...Choice[]] };

function parsedResponse(provider: ProviderName, response: unknown): ResponseWithChoice {
  const parsed = responseSchema.safeParse(response);
  const [choice, ...others] = parsed.data?.choices ?? [];
  if (parsed.success && choice !== undefined) return { ...parsed.data, choices: [choice, ...others] };
  const where = parsed.error?.issues[0]?.path.join(".");
  throw new ProviderFailure("invalid_response", {
    provider,
    detail: `schema: ${where || "body"}`,
    ...bought,
  });
}

/**
 * The shape that nearly every answer has, without calls of tools, checked by hand: the schema takes several times as long. It judges
 * whatever is not certainly valid, and would read the same out of what is.
 */
function isPlainResponse(response: unknown): response is ResponseWithChoice {
  if (!isObject(response) || typeof response.model !== "string" || !isTextOrNone(response.service_tier))
    return false;
  const { choices } = response;
  return Array.isArray(choices) && choices.length > 0 && choices.every(isPlainChoice);
}

function isPlainChoice(choice: unknown): boolean {
  if (!isObject(choice) || !isTextOrNone(choice.finish_reason) || !isObject(choice.message)) return false;
  const { content, refusal, reasoning_content: thoughts, tool_calls: calls } = choice.message;
  const isPlain = isTextOrNone(content) && isTextOrNone(refusal) && isTextOrNone(thoughts);
  return isPlain && (calls === undefined || calls === null);
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function isTextOrNone(value: unknown): boolean {
  return value === undefined || value === null || typeof value === "string";
}

/** OpenAI's words for why a completion ended, as `toFinishReason` settles them. */
export function chatFinishReason(
  provider: ProviderName,
  reason: string | null | undefined,
  hasContent: boolean,
  hasCalls: boolean,
): FinishReason {
  // DeepSeek breaks off with this when it runs out of capacity.
  if (reason === "insufficient_system_resource") {
    throw new ProviderFailure("overloaded", { provider, detail: reason });
  }
  return toFinishReason(provider, finishReasonOf[reason ?? ""], hasContent, hasCalls);
}

/** The provider has done the work and bills it: one more attempt may help, five would only cost more. */
export const bought = { attempts: 2 };

/** Without usage nobody can say what it cost: it is not billed and not attempted again. */
export function unbilled(provider: ProviderName): ProviderFailure {
  return new ProviderFailure("invalid_response", {
    provider,
    detail: "no usage",
    attempts: 1,
    publicMessage:
      "The model's provider did not say how many tokens it used. You were not billed. Send the request again.",
  });
}

/**
 * Why a completion ended. An unknown reason does not withhold content that is there; without content it is an invalid
 * response.
 */
export function toFinishReason(
  provider: ProviderName,
  known: FinishReason | undefined,
  hasContent: boolean,
  hasCalls: boolean,
): FinishReason {
  // A forced tool_choice ends with "stop" on the wire; what the customer got is a tool call all the same.
  if ((known ?? "stop") === "stop" && hasCalls) return "tool_calls";
  if (known !== undefined) return known;
  if (hasContent) return "stop";
  throw new ProviderFailure("invalid_response", { provider, detail: "finish reason", ...bought });
}

export interface MessageDialect {
  /** How the provider's models take what the customer sent as `developer`. */
  developerRole: "developer" | "system";
  /** What it is told of an assistant's thoughts; absent where it takes none. */
  thoughts?: (message: Extract<ChatMessage, { role: "assistant" }>) => string | undefined;
}

/** Our messages in the protocol's shape; the two are the same but for the developer role, long ids and odd names. */
export function toChatMessages(
  messages: readonly ChatMessage[],
  dialect: MessageDialect,
  names: ToolNames,
): ChatCompletionMessageParam[] {
  return messages.map((message) => toChatMessage(message, dialect, names));
}

function toChatMessage(
  message: ChatMessage,
  { developerRole, thoughts }: MessageDialect,
  names: ToolNames,
): ChatCompletionMessageParam {
  switch (message.role) {
    case "system":
      return { role: "system", content: textOf(message.content), ...present({ name: message.name }) };
    case "developer":
      return { role: developerRole, content: textOf(message.content), ...present({ name: message.name }) };
    case "user":
      return {
        role: "user",
        content:
          typeof message.content === "string"
            ? message.content
            : message.content
                .filter((part) => part.type === "image_url" || part.text !== "")
                .map((part) =>
                  part.type === "text" ? part : { type: "image_url", image_url: present(part.image_url) },
                ),
        ...present({ name: message.name }),
      };
    case "assistant":
      return {
        role: "assistant",
        content: message.content ?? null,
        ...present({ reasoning_content: thoughts?.(message) }),
        ...(message.tool_calls && { tool_calls: message.tool_calls.map((call) => toChatCall(call, names)) }),
        ...present({ name: message.name }),
      };
    case "tool":
      return {
        role: "tool",
        tool_call_id: chatCallId(message.tool_call_id),
        content: textOf(message.content),
      };
  }
}

/** Drops empty text parts, which some providers refuse. */
function textOf<Part extends { text: string }>(content: string | Part[]): string | Part[] {
  if (typeof content === "string") return content;
  const parts = content.filter(({ text }) => text !== "");
  return parts.length === 0 ? "" : parts;
}

function toChatCall({ id, type, function: called }: ToolCall, names: ToolNames): ToolCall {
  const name = names.toProvider(called.name);
  return { id: chatCallId(id), type, function: { name, arguments: called.arguments || "{}" } };
}

/** The schema that both providers want for every function, also for one that takes nothing. */
export function chatParameters({ parameters, strict }: Tool["function"]): Record<string, unknown> {
  const schema = functionParameters(parameters);
  if (schema !== undefined) return schema;
  return strict === true ? { ...noParameters, required: [], additionalProperties: false } : noParameters;
}

export function chatToolChoice(choice: ChatRequest["tool_choice"], names: ToolNames) {
  if (typeof choice !== "object") return choice;
  return { type: choice.type, function: { name: names.toProvider(choice.function.name) } };
}

/** JSON mode is refused, or answers with endless whitespace, unless the messages ask for JSON by that word. */
export function jsonInstruction({ response_format: format, messages }: ChatRequest): ChatMessage[] {
  if (
    format?.type !== "json_object" ||
    messages.some(({ content }) => /json/i.test(JSON.stringify(content ?? "")))
  ) {
    return [];
  }
  return [{ role: "system", content: "Answer with one JSON object." }];
}

import { assertInReach, assertModelAllowed, assertModelKind, type Model } from "../../models";
import { AppError, type Principal } from "../../platform";
import type { ChatMessage, ChatRequest, ToolCall } from "./chat";
import { floorInputTokens, outputLimit } from "./estimate-tokens";
import { checkProviderLimits } from "./provider-limits";

/**
 * Checks that a schema cannot make: whether this caller may use the model, whether the messages form a conversation,
 * and whether the model supports what is asked. Runs before anything is written or reserved.
 * @throws AppError `model_not_allowed`, `region_not_allowed`, `unsupported_parameter`, `invalid_request`, `context_length_exceeded`; `param`
 * names the field.
 */
export function checkRequest(
  request: ChatRequest,
  model: Model,
  principal: Principal,
  param = "model",
): void {
  assertModelAllowed(model.id, principal.kind === "key" ? principal.models : []);
  assertInReach(model, principal, param);
  assertModelKind(model, "chat");
  checkConversation(request);
  checkCapabilities(request, model);
  checkProviderLimits(request, model);
  checkLengths(request, model);
}

function checkCapabilities(request: ChatRequest, model: Model): void {
  const { capabilities } = model;
  const unsupported = (param: string, what: string) => {
    const successor =
      model.retired && model.successor !== null ? ` Its successor ${model.successor} may.` : "";
    return new AppError("unsupported_parameter", {
      public: `${model.id} does not support ${what}.${successor}`,
      param,
    });
  };

  const image = capabilities.vision ? undefined : firstImage(request);
  if (image !== undefined) throw unsupported(image, "images");
  if (request.tools !== undefined && !capabilities.tools) throw unsupported("tools", "tools");
  if (!capabilities.temperature) {
    if (request.temperature !== undefined) throw unsupported("temperature", "temperature");
    if (request.top_p !== undefined) throw unsupported("top_p", "top_p");
  }
  const format = request.response_format?.type;
  if (format !== undefined && format !== "text" && !capabilities[format]) {
    throw unsupported("response_format.type", `response_format "${format}"`);
  }
}

function checkLengths(request: ChatRequest, model: Model): void {
  const count = (value: number) => value.toLocaleString("en-US");
  if (request.max_tokens !== undefined && request.max_tokens > model.maxOutputTokens) {
    throw new AppError("invalid_request", {
      public: `max_tokens must be at most ${count(model.maxOutputTokens)} for ${model.id}.`,
      param: "max_tokens",
    });
  }
  const input = floorInputTokens(request);
  const output = outputLimit(request, model);
  if (input + output <= model.contextWindow) return;
  throw new AppError("context_length_exceeded", {
    public:
      `${model.id} allows ${count(model.contextWindow)} tokens of input and output together. The messages have at ` +
      `least ${count(input)}, and the answer may have ${count(output)}. Shorten the messages or lower max_tokens.`,
    param: request.max_tokens !== undefined && input < model.contextWindow ? "max_tokens" : "messages",
  });
}

function firstImage(request: ChatRequest): string | undefined {
  for (const [index, message] of request.messages.entries()) {
    if (message.role !== "user" || typeof message.content === "string") continue;
    const part = message.content.findIndex(({ type }) => type === "image_url");
    if (part >= 0) return `messages[${index}].content[${part}]`;
  }
  return undefined;
}

/**
 * Refuses what no model accepts. Providers would refuse it in words of their own, or answer something else than was
 * meant.
 * @throws AppError `invalid_request`; `param` names the field.
 */
function checkConversation(request: ChatRequest): void {
  checkTurns(request.messages);
  checkTools(request);
}

function refuse(param: string, message: string): AppError {
  return new AppError("invalid_request", { public: `${param} ${message}`, param });
}

/** Every tool call is answered once, right after the message that made it, with nothing in between. */
function checkTurns(messages: readonly ChatMessage[]): void {
  let open: Map<string, string> | undefined;
  let answered: Set<string> | undefined;
  for (const [index, message] of messages.entries()) {
    const at = `messages[${index}]`;
    if (message.role === "tool") {
      if (answered?.has(message.tool_call_id)) {
        throw refuse(`${at}.tool_call_id`, "already has a result in an earlier tool message.");
      }
      if (!open?.delete(message.tool_call_id)) {
        throw refuse(
          `${at}.tool_call_id`,
          "is not a call of the assistant message before it. A tool message must follow the message that called it.",
        );
      }
      answered ??= new Set();
      answered.add(message.tool_call_id);
      continue;
    }
    assertAnswered(open);
    assertSaysSomething(message, at);
    open = message.role === "assistant" ? callsOf(message.tool_calls ?? [], at) : undefined;
    answered = undefined;
  }
  assertAnswered(open);
  if (messages.every((message) => isInstruction(message) && !hasContent(message.content))) {
    throw refuse("messages", "must not be empty.");
  }
}

function assertAnswered(open: ReadonlyMap<string, string> | undefined): void {
  if (open === undefined) return;
  const [call] = open.values();
  if (call === undefined) return;
  throw refuse(call, "has no result. A tool message with its ID must follow before any other message.");
}

function callsOf(calls: readonly ToolCall[], at: string): Map<string, string> {
  const open = new Map<string, string>();
  for (const [index, { id }] of calls.entries()) {
    if (open.has(id))
      throw refuse(`${at}.tool_calls[${index}].id`, "is also the ID of another call in this message.");
    open.set(id, `${at}.tool_calls[${index}]`);
  }
  return open;
}

/** System and developer messages may be empty, as templates produce them; others must have content. */
function assertSaysSomething(message: Exclude<ChatMessage, { role: "tool" }>, at: string): void {
  if (isInstruction(message) || hasContent(message.content)) return;
  if (message.role === "user") throw refuse(`${at}.content`, "must not be empty.");
  if (message.role === "assistant" && message.tool_calls === undefined)
    throw refuse(`${at}.content`, "must not be empty unless the message calls a tool.");
}

function isInstruction({ role }: ChatMessage): boolean {
  return role === "system" || role === "developer";
}

function hasContent(content: ChatMessage["content"]): boolean {
  if (typeof content === "string") return content !== "";
  return content?.some((part) => part.type === "image_url" || part.text !== "") ?? false;
}

function checkTools({ tools = [], tool_choice: choice }: ChatRequest): void {
  const names = new Set<string>();
  for (const [index, { function: tool }] of tools.entries()) {
    if (names.has(tool.name))
      throw refuse(`tools[${index}].function.name`, "is also the name of another tool.");
    names.add(tool.name);
  }
  if (typeof choice !== "object" || names.has(choice.function.name)) return;
  throw refuse("tool_choice.function.name", "is not one of the tools.");
}

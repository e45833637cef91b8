import { AppError } from "../../platform/errors";
import type { ChatMessage, ChatRequest, ToolCall } from "./chat";

/**
 * What is wrong in itself, whichever model is asked: makers refuse it each in their own words, or answer something else
 * than what was meant.
 *
 * @throws AppError `invalid_request`; `param` names the field.
 */
export function checkConversation(request: ChatRequest): void {
  checkTurns(request.messages);
  checkTools(request);
}

function refuse(param: string, message: string): AppError {
  return new AppError("invalid_request", { public: `${param} ${message}`, param });
}

/** Every call is answered once, right after the message that made it; nothing else comes in between. */
function checkTurns(messages: readonly ChatMessage[]): void {
  let open = new Map<string, string>();
  let answered = new Set<string>();
  for (const [index, message] of messages.entries()) {
    const at = `messages[${index}]`;
    if (message.role === "tool") {
      if (answered.has(message.tool_call_id)) {
        throw refuse(`${at}.tool_call_id`, "has been answered by a tool message before it.");
      }
      if (!open.delete(message.tool_call_id)) {
        throw refuse(
          `${at}.tool_call_id`,
          "is none of the calls of the assistant message before it. A tool message follows the message that called it.",
        );
      }
      answered.add(message.tool_call_id);
      continue;
    }
    assertAnswered(open);
    assertSaysSomething(message, at);
    open = message.role === "assistant" ? callsOf(message.tool_calls ?? [], at) : new Map();
    answered = new Set();
  }
  assertAnswered(open);
  if (messages.every((message) => isInstruction(message) && !hasContent(message.content))) {
    throw refuse("messages", "must say something.");
  }
}

function assertAnswered(open: ReadonlyMap<string, string>): void {
  const [call] = open.values();
  if (call === undefined) return;
  throw refuse(call, "has no result: a tool message with its id must follow before anything else.");
}

function callsOf(calls: readonly ToolCall[], at: string): Map<string, string> {
  const open = new Map<string, string>();
  for (const [index, { id }] of calls.entries()) {
    if (open.has(id))
      throw refuse(`${at}.tool_calls[${index}].id`, "is the id of another call of this message.");
    open.set(id, `${at}.tool_calls[${index}]`);
  }
  return open;
}

/** An instruction may be empty, as templates make them; it then says nothing, which is what it means. */
function assertSaysSomething(message: Exclude<ChatMessage, { role: "tool" }>, at: string): void {
  if (isInstruction(message) || hasContent(message.content)) return;
  if (message.role === "user") throw refuse(`${at}.content`, "must say something.");
  if (message.role === "assistant" && message.tool_calls === undefined)
    throw refuse(`${at}.content`, "must say something, or call a tool.");
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
    if (names.has(tool.name)) throw refuse(`tools[${index}].function.name`, "is the name of another tool.");
    names.add(tool.name);
  }
  if (typeof choice !== "object" || names.has(choice.function.name)) return;
  throw refuse("tool_choice.function.name", "is none of the tools.");
}

import type { ChatMessage, ToolCall } from "@agathaai/core/inference";
import type { Content, Part } from "@google/generative-ai";
import { ProviderFailure } from "../../failures/errors";
import { quoteInexactNumbers } from "../wire/lossless-json";
import { speakersDiffer } from "../wire/participants";
import { unpackCallId } from "../wire/tool-call-ids";
import type { ToolNames } from "../wire/tool-names";

/**
 * Gemini 3 and later refuse a replayed function call without the signature of the thoughts that led to it. One of
 * another model, or of a history that somebody wrote, has none; Google's guide names this value for it.
 */
const FOREIGN_SIGNATURE = "skip_thought_signature_validator";

type Instruction = Extract<ChatMessage, { role: "system" | "developer" }>;
type Assistant = Extract<ChatMessage, { role: "assistant" }>;
type Result = Extract<ChatMessage, { role: "tool" }>;

export interface Conversation {
  upstreamModel: string;
  names: ToolNames;
}

function isInstruction(message: ChatMessage): message is Instruction {
  return message.role === "system" || message.role === "developer";
}

/** System messages before the first turn. Gemini has a field for those, and none for later ones. */
export function toInstructions(messages: readonly ChatMessage[]): string[] {
  const first = messages.findIndex((message) => !isInstruction(message));
  const leading = first < 0 ? messages : messages.slice(0, first);
  return leading
    .filter(isInstruction)
    .map(instructionText)
    .filter((text) => text !== "");
}

function instructionText({ content, name }: Instruction): string {
  const text = textOf(content);
  return name === undefined || text === "" ? text : `${name}: ${text}`;
}

/**
 * The conversation in Gemini's turns. Messages of one side that follow each other are parts of one turn, but results of
 * calls are a turn of their own: it must hold one for each call of the turn before, and they go in the calls' order,
 * whatever order they came in.
 *
 * @throws ProviderFailure `rejected` where a result has no call, or arguments are no object; our checks have refused both.
 */
export function toGeminiContents(messages: readonly ChatMessage[], conversation: Conversation): Content[] {
  const contents: Content[] = [];
  const naming = speakersDiffer(messages);
  let spoken = false;
  for (let at = 0; at < messages.length; at++) {
    const message = messages[at];
    if (message === undefined) break;
    if (message.role === "assistant") {
      append(contents, "model", assistantParts(message, conversation, naming));
      const results = resultsAfter(messages, at);
      const parts = resultParts(message.tool_calls ?? [], results, conversation);
      if (parts.length > 0) contents.push({ role: "user", parts });
      at += results.length;
    } else if (message.role === "tool")
      throw untold("A tool message answers no call of the message before it.");
    else if (message.role === "user") append(contents, "user", userParts(message));
    else if (spoken) append(contents, "user", laterInstruction(message));
    spoken ||= !isInstruction(message);
  }
  return contents;
}

function append(contents: Content[], role: "user" | "model", parts: Part[]): void {
  if (parts.length === 0) return;
  const last = contents.at(-1);
  const isResults = last?.parts.some((part) => part.functionResponse !== undefined);
  if (last?.role === role && !isResults) last.parts.push(...parts);
  else contents.push({ role, parts });
}

function resultsAfter(messages: readonly ChatMessage[], at: number): Result[] {
  const results: Result[] = [];
  for (const message of messages.slice(at + 1)) {
    if (message.role !== "tool") break;
    results.push(message);
  }
  return results;
}

/** Stays in its place, because it applies to the turns after it, and is labeled as a system message, because Gemini has no such role there. */
function laterInstruction(message: Instruction): Part[] {
  const text = instructionText(message);
  return text === "" ? [] : [{ text: `System instruction: ${text}` }];
}

function userParts({ content, name }: Extract<ChatMessage, { role: "user" }>): Part[] {
  const parts: Part[] =
    typeof content === "string"
      ? [{ text: content }]
      : content
          .filter((part) => part.type === "image_url" || part.text !== "")
          .map((part) => (part.type === "text" ? { text: part.text } : imagePart(part.image_url.url)));
  return name === undefined ? parts : [{ text: `${name}:` }, ...parts];
}

function assistantParts(
  { content, tool_calls: calls = [], name }: Assistant,
  conversation: Conversation,
  naming: boolean,
) {
  const text = textOf(content ?? "");
  const said = naming && name !== undefined && text !== "" ? `${name}: ${text}` : text;
  return [...(said === "" ? [] : [{ text: said }]), ...callParts(calls, conversation)];
}

function callParts(calls: readonly ToolCall[], { upstreamModel, names }: Conversation): Part[] {
  const isSigned = /^gemini-([3-9]|\d\d)/.test(upstreamModel);
  const unpacked = calls.map((call) => unpackCallId(upstreamModel, call.id));
  const foreign = isSigned && unpacked.every(({ signature }) => signature === undefined);
  return calls.map((call, index): Part => {
    const { id, signature } = unpacked[index] ?? { id: call.id, signature: undefined };
    const args = objectOf(call.function.arguments.trim() || "{}");
    if (args === undefined)
      throw untold("The arguments of a tool call must be a JSON object for this model.");
    const part = { functionCall: { id, name: names.toProvider(call.function.name), args } };
    const sign = signature ?? (foreign && index === 0 ? FOREIGN_SIGNATURE : undefined);
    return sign === undefined ? part : Object.assign(part, { thoughtSignature: sign });
  });
}

function resultParts(
  calls: readonly ToolCall[],
  results: readonly Result[],
  { upstreamModel, names }: Conversation,
): Part[] {
  const byCall = new Map(results.map((result) => [result.tool_call_id, result]));
  if (results.some((result) => !calls.some((call) => call.id === result.tool_call_id))) {
    throw untold("A tool message answers no call of the message before it.");
  }
  return calls.flatMap((call): Part[] => {
    const result = byCall.get(call.id);
    if (result === undefined) return [];
    const { id } = unpackCallId(upstreamModel, call.id);
    const response = functionResult(textOf(result.content));
    return [
      { functionResponse: Object.assign({ id, name: names.toProvider(call.function.name), response }) },
    ];
  });
}

/** The API wants an object; a tool's plain text or list goes into one. */
function functionResult(text: string): object {
  return objectOf(text) ?? { result: text };
}

/** Numbers beyond a double arrive as text: Gemini keeps objects as `Struct`, whose numbers are doubles. */
function objectOf(text: string): object | undefined {
  try {
    const value: unknown = JSON.parse(quoteInexactNumbers(text));
    return typeof value === "object" && value !== null && !Array.isArray(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

function untold(publicMessage: string): ProviderFailure {
  return new ProviderFailure("rejected", {
    provider: "gemini",
    detail: "conversation",
    publicCode: "invalid_request",
    publicMessage,
    publicParam: "messages",
  });
}

const imageTypes: Record<string, string> = {
  png: "image/png",
  webp: "image/webp",
  heic: "image/heic",
  heif: "image/heif",
};

function imagePart(url: string): Part {
  const data = /^data:([^;]+);base64,(.+)$/s.exec(url);
  if (data?.[1] && data[2]) return { inlineData: { mimeType: data[1], data: data[2] } };
  const path = URL.canParse(url) ? new URL(url).pathname : "";
  const extension = /\.([a-z]+)$/i.exec(path)?.[1]?.toLowerCase() ?? "";
  return { fileData: { fileUri: url, mimeType: imageTypes[extension] ?? "image/jpeg" } };
}

function textOf(content: string | readonly { text: string }[]): string {
  if (typeof content === "string") return content;
  return content
    .map((part) => part.text)
    .filter((text) => text !== "")
    .join("\n\n");
}

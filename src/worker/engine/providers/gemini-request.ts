import type { ChatMessage, ChatRequest, ToolCall } from "@agathaai/core/inference";
import { reasoningEffortOf } from "@agathaai/core/models";
import {
  type Content,
  FunctionCallingMode,
  type FunctionDeclarationSchema,
  type Tool as GeminiTool,
  type GenerateContentRequest,
  type GenerationConfig,
  type Part,
  type ToolConfig,
} from "@google/generative-ai";
import { ProviderFailure } from "../errors";
import { toGeminiSchema } from "./gemini-schema";
import { present } from "./present";
import type { ProviderRequest } from "./provider";

/** What the API knows and the SDK's type does not. */
type GeminiConfig = GenerationConfig & { seed?: number; thinkingConfig?: { thinkingLevel: "low" } };

/**
 * Gemini 3 and later refuse a replayed function call without the signature it was made with. Our wire shape, which
 * is OpenAI's, cannot carry one, so such a call bears the value that Google's guide names for foreign histories.
 */
const FOREIGN_SIGNATURE = "skip_thought_signature_validator";

/** @throws ProviderFailure `rejected` when a tool message answers no call of the conversation. */
export function toGeminiRequest({
  input,
  upstreamModel,
  maxOutputTokens,
}: ProviderRequest): GenerateContentRequest {
  const signed = /^gemini-([3-9]|\d\d)/.test(upstreamModel);
  const instructions = input.messages.filter(isInstruction).map((message) => textOf(message.content));
  const contents = toContents(input.messages, signed);
  // A conversation of instructions alone is one that OpenAI answers; Gemini wants somebody to have spoken.
  const spoken = contents.length > 0;
  return {
    contents: spoken ? contents : [{ role: "user", parts: instructions.map((text) => ({ text })) }],
    generationConfig: generationConfig(input, maxOutputTokens, upstreamModel),
    ...(spoken &&
      instructions.length > 0 && {
        systemInstruction: { role: "system", parts: instructions.map((text) => ({ text })) },
      }),
    ...(input.tools && { tools: [functionDeclarations(input.tools)] }),
    ...(input.tool_choice !== undefined && { toolConfig: toolConfig(input.tool_choice) }),
  };
}

function generationConfig(input: ChatRequest, maxOutputTokens: number, upstreamModel: string): GeminiConfig {
  const format = input.response_format;
  return {
    candidateCount: 1,
    maxOutputTokens,
    ...(reasoningEffortOf(upstreamModel) === "low" && { thinkingConfig: { thinkingLevel: "low" } }),
    ...present({
      temperature: input.temperature,
      topP: input.top_p,
      stopSequences: typeof input.stop === "string" ? [input.stop] : input.stop,
      seed: input.seed,
      responseMimeType: format && format.type !== "text" ? "application/json" : undefined,
      responseSchema: format?.type === "json_schema" ? toGeminiSchema(format.json_schema.schema) : undefined,
    }),
  };
}

type Instruction = Extract<ChatMessage, { role: "system" | "developer" }>;
type Spoken = Exclude<ChatMessage, Instruction>;

function isInstruction(message: ChatMessage): message is Instruction {
  return message.role === "system" || message.role === "developer";
}

/** Turns of one side follow each other as parts of one turn: Gemini wants all answers to parallel calls together. */
function toContents(messages: readonly ChatMessage[], signed: boolean): Content[] {
  const nameOfCall = new Map<string, string>();
  const contents: Content[] = [];
  for (const message of messages) {
    if (isInstruction(message)) continue;
    if (message.role === "assistant") {
      for (const call of message.tool_calls ?? []) nameOfCall.set(call.id, call.function.name);
    }
    const role = message.role === "assistant" ? "model" : "user";
    const parts = toParts(message, nameOfCall, signed);
    const last = contents.at(-1);
    if (last?.role === role) last.parts.push(...parts);
    else if (parts.length > 0) contents.push({ role, parts });
  }
  return contents;
}

function toParts(message: Spoken, nameOfCall: ReadonlyMap<string, string>, signed: boolean): Part[] {
  switch (message.role) {
    case "user":
      if (typeof message.content === "string") return [{ text: message.content }];
      return message.content.map((part) =>
        part.type === "text" ? { text: part.text } : imagePart(part.image_url.url),
      );
    case "assistant":
      return [
        ...(message.content ? [{ text: textOf(message.content) }] : []),
        ...(message.tool_calls ?? []).map((call, index) => functionCallPart(call, signed && index === 0)),
      ];
    case "tool": {
      const name = nameOfCall.get(message.tool_call_id);
      if (name === undefined) throw unknownCall();
      return [{ functionResponse: { name, response: functionResult(textOf(message.content)) } }];
    }
  }
}

function functionCallPart(call: ToolCall, signed: boolean): Part {
  const part: Part = {
    functionCall: { name: call.function.name, args: objectOf(call.function.arguments) ?? {} },
  };
  return signed ? Object.assign(part, { thoughtSignature: FOREIGN_SIGNATURE }) : part;
}

/** The API wants an object; a tool's plain text or list goes into one. */
function functionResult(text: string): object {
  return objectOf(text) ?? { result: text };
}

function objectOf(text: string): object | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null && !Array.isArray(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

const imageTypes: Record<string, string> = { png: "image/png", webp: "image/webp", gif: "image/gif" };

function imagePart(url: string): Part {
  const data = /^data:([^;]+);base64,(.+)$/s.exec(url);
  if (data?.[1] && data[2]) return { inlineData: { mimeType: data[1], data: data[2] } };
  const extension = /\.([a-z]+)$/i.exec(pathOf(url))?.[1]?.toLowerCase() ?? "";
  return { fileData: { fileUri: url, mimeType: imageTypes[extension] ?? "image/jpeg" } };
}

function pathOf(url: string): string {
  return URL.canParse(url) ? new URL(url).pathname : "";
}

function textOf(content: string | readonly { text: string }[]): string {
  return typeof content === "string" ? content : content.map((part) => part.text).join("\n\n");
}

function functionDeclarations(tools: NonNullable<ChatRequest["tools"]>): GeminiTool {
  return {
    functionDeclarations: tools.map(({ function: { name, description, parameters } }) => ({
      name,
      ...(description !== undefined && { description }),
      ...parametersOf(parameters),
    })),
  };
}

/** A function without parameters leaves them out: Gemini refuses an object type that has no properties. */
function parametersOf(schema: Record<string, unknown> | undefined): {
  parameters?: FunctionDeclarationSchema;
} {
  const converted = schema && toGeminiSchema(schema);
  if (!converted || !("properties" in converted) || !converted.properties) return {};
  return { parameters: converted };
}

function toolConfig(choice: NonNullable<ChatRequest["tool_choice"]>): ToolConfig {
  if (typeof choice === "object") {
    const allowedFunctionNames = [choice.function.name];
    return { functionCallingConfig: { mode: FunctionCallingMode.ANY, allowedFunctionNames } };
  }
  const modes = {
    none: FunctionCallingMode.NONE,
    auto: FunctionCallingMode.AUTO,
    required: FunctionCallingMode.ANY,
  };
  return { functionCallingConfig: { mode: modes[choice] } };
}

function unknownCall(): ProviderFailure {
  return new ProviderFailure("rejected", {
    provider: "gemini",
    detail: "tool message without its call",
    publicCode: "invalid_request",
    publicMessage: "A tool message answers a tool_call_id that no assistant message before it has called.",
  });
}

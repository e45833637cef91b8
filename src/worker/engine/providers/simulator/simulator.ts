import { createHash } from "node:crypto";
import {
  type ChatMessage,
  type ChatRequest,
  type Completion,
  functionParameters,
  type ToolCall,
} from "@agathaai/core/inference";
import { thinkingFor, toTokenUsage } from "@agathaai/core/models";
import { ProviderFailure } from "../../failures/errors";
import type { Provider, ProviderRequest } from "../provider";
import { simulateJson } from "./simulator-json";
import { countTokens, type SimulatedMessage, simulateText, simulateThoughts } from "./simulator-text";

const BYTES_PER_TOKEN = 4;

/**
 * What answers test keys, in production too: the same request always gets the same answer, no provider is called and
 * nothing is billed. Tools, JSON mode, stop sequences, thoughts and max_tokens behave as a model's would.
 */
export function simulatorProvider(): Provider {
  return {
    name: "simulator",
    async complete(request, { signal }) {
      if (signal.aborted) throw new ProviderFailure("aborted", { provider: "simulator" });
      return simulateCompletion(request);
    },
  };
}

export function simulateCompletion(request: ProviderRequest): Completion {
  const { input } = request;
  const messages = input.messages.map(toSimulated);
  const thought = thoughtOf(request, messages);
  const room = request.maxOutputTokens - thought.tokens;
  const plain = simulateText({
    model: input.model,
    messages,
    maxTokens: room,
    seed: input.seed,
    stop: typeof input.stop === "string" ? [input.stop] : input.stop,
  });
  const answered = (
    part: Pick<Completion, "content" | "toolCalls" | "finishReason">,
    tokens: number,
  ): Completion => ({
    ...part,
    ...(thought.shown !== undefined && { reasoning: thought.shown }),
    usage: toTokenUsage({
      inputTokens: plain.inputTokens,
      outputTokens: thought.tokens + tokens,
      reasoningTokens: thought.tokens,
    }),
    upstreamModel: input.model,
  });

  const toolCall = simulateToolCall(input);
  if (toolCall) {
    const tokens = countTokens(toolCall.function.name) + countTokens(toolCall.function.arguments);
    if (tokens > room) {
      return answered({ content: null, toolCalls: [], finishReason: "length" }, room);
    }
    return answered({ content: null, toolCalls: [toolCall], finishReason: "tool_calls" }, tokens);
  }
  if (input.response_format !== undefined && input.response_format.type !== "text") {
    const schema =
      input.response_format.type === "json_schema" ? input.response_format.json_schema.schema : undefined;
    const value = schema ? simulateJson(schema, plain.text) : { answer: plain.text };
    const { text, cut } = cutToTokens(JSON.stringify(value), room);
    return answered(
      { content: text || null, toolCalls: [], finishReason: cut ? "length" : "stop" },
      countTokens(text),
    );
  }
  return answered(
    { content: plain.text || null, toolCalls: [], finishReason: plain.finishReason },
    plain.outputTokens,
  );
}

/** Thoughts take from the same limit as the answer, and cost the same whether they are shown or not. */
function thoughtOf(
  { input, upstreamModel, defaultEffort, maxOutputTokens }: ProviderRequest,
  messages: readonly SimulatedMessage[],
): { tokens: number; shown: string | undefined } {
  const { thinks, aloud } = thinkingFor(upstreamModel, input.reasoning_effort ?? defaultEffort);
  if (!thinks) return { tokens: 0, shown: undefined };
  const text = simulateThoughts({ model: input.model, messages, maxTokens: maxOutputTokens });
  const isShown = aloud || input.include_reasoning === true;
  return { tokens: countTokens(text), shown: isShown ? text : undefined };
}

/** A tool is called when one is asked for by name or by "required", or to answer a person; its result ends the round. */
function simulateToolCall({ tools, tool_choice: choice, messages }: ChatRequest): ToolCall | undefined {
  if (!tools || choice === "none") return undefined;
  const forced = choice === "required" || typeof choice === "object";
  if (!forced && messages.at(-1)?.role !== "user") return undefined;
  const named = typeof choice === "object" ? choice.function.name : undefined;
  const tool = named === undefined ? tools[0] : tools.find((candidate) => candidate.function.name === named);
  if (!tool) {
    throw new ProviderFailure("rejected", {
      provider: "simulator",
      publicCode: "invalid_request",
      publicMessage: "tool_choice names a function that is not among the tools.",
      publicParam: "tool_choice",
    });
  }
  const { name } = tool.function;
  const parameters = functionParameters(tool.function.parameters);
  const question = messages.findLast((message) => message.role === "user");
  const value = parameters ? simulateJson(parameters, question ? textOf(question) : name) : {};
  const id = createHash("sha256")
    .update(JSON.stringify([messages, name]))
    .digest("hex")
    .slice(0, 24);
  return { id: `call_${id}`, type: "function", function: { name, arguments: JSON.stringify(value) } };
}

function toSimulated(message: ChatMessage): SimulatedMessage {
  return { role: message.role, content: textOf(message) };
}

function textOf(message: ChatMessage): string {
  if (typeof message.content === "string") return message.content;
  const parts = message.content ?? [];
  return parts.map((part) => (part.type === "text" ? part.text : "[image]")).join("\n\n");
}

function cutToTokens(text: string, maxTokens: number): { text: string; cut: boolean } {
  const bytes = Buffer.from(text);
  if (bytes.length <= maxTokens * BYTES_PER_TOKEN) return { text, cut: false };
  // A streaming decoder keeps back the character that the cut has split.
  const decoder = new TextDecoder();
  return {
    text: decoder.decode(bytes.subarray(0, maxTokens * BYTES_PER_TOKEN), { stream: true }),
    cut: true,
  };
}

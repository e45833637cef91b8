import { z } from "zod";
import { type Output, outputSchema } from "../inference";
import type { GenerationPart } from "./read-generation";

const callSchema = z.looseObject({
  index: z.int().default(0),
  id: z.string().nullish(),
  function: z.looseObject({ name: z.string().nullish(), arguments: z.string().nullish() }).optional(),
});
const messageSchema = z.looseObject({
  content: z.string().nullish(),
  refusal: z.string().nullish(),
  reasoning_content: z.string().nullish(),
  tool_calls: z.array(callSchema).nullish(),
});
const wholeSchema = z.looseObject({
  choices: z.array(z.looseObject({ index: z.int(), message: messageSchema })),
});
const chunkSchema = z.looseObject({
  id: z.string(),
  created: z.number(),
  model: z.string(),
  choices: z.array(
    z.looseObject({
      index: z.int(),
      delta: messageSchema.optional(),
      finish_reason: z.string().nullish(),
      logprobs: z.looseObject({ content: z.array(z.unknown()).nullish() }).nullish(),
    }),
  ),
});

interface Choice {
  index: number;
  content: string;
  refusal: string;
  reasoning: string;
  calls: Map<number, { id: string; name: string; arguments: string }>;
  finishReason: string | null;
  logprobs: unknown[];
}

/** What `text` says, event by event: a stream put together. */
function assemble(text: string): { head: object; choices: Choice[] } | undefined {
  const choices = new Map<number, Choice>();
  let head: { id: string; created: number; model: string } | undefined;
  for (const event of text.split("\n\n")) {
    if (!event.startsWith("data: {")) continue;
    const chunk = chunkSchema.parse(JSON.parse(event.slice("data: ".length)));
    head ??= { id: chunk.id, created: chunk.created, model: chunk.model };
    for (const { index, delta, finish_reason: finishReason, logprobs } of chunk.choices) {
      const choice = choices.get(index) ?? newChoice(index);
      choices.set(index, choice);
      choice.content += delta?.content ?? "";
      choice.refusal += delta?.refusal ?? "";
      choice.reasoning += delta?.reasoning_content ?? "";
      choice.finishReason = finishReason ?? choice.finishReason;
      choice.logprobs.push(...(logprobs?.content ?? []));
      for (const call of delta?.tool_calls ?? []) {
        const known = choice.calls.get(call.index) ?? { id: "", name: "", arguments: "" };
        choice.calls.set(call.index, {
          id: known.id || (call.id ?? ""),
          name: known.name + (call.function?.name ?? ""),
          arguments: known.arguments + (call.function?.arguments ?? ""),
        });
      }
    }
  }
  if (head === undefined) return undefined;
  return { head, choices: [...choices.values()].sort((left, right) => left.index - right.index) };
}

function newChoice(index: number): Choice {
  return {
    index,
    content: "",
    refusal: "",
    reasoning: "",
    calls: new Map(),
    finishReason: null,
    logprobs: [],
  };
}

const toolCallsOf = ({ calls }: Choice) =>
  [...calls.values()].map(({ id, name, arguments: given }) => ({
    id,
    type: "function" as const,
    function: { name, arguments: given },
  }));

/** A stream as the `chat.completion` that the same call would have answered without one; as far as it came. */
export function assembleCompletion(parts: readonly GenerationPart[]): Record<string, unknown> | undefined {
  const assembled = assemble(parts.map(({ text }) => text).join(""));
  if (assembled === undefined) return undefined;
  return {
    ...assembled.head,
    object: "chat.completion",
    choices: assembled.choices.map((choice) => ({
      index: choice.index,
      message: {
        role: "assistant",
        content: choice.content || null,
        refusal: choice.refusal || null,
        ...(choice.reasoning !== "" && { reasoning_content: choice.reasoning }),
        ...(choice.calls.size > 0 && { tool_calls: toolCallsOf(choice) }),
      },
      logprobs: choice.logprobs.length > 0 ? { content: choice.logprobs } : null,
      finish_reason: choice.finishReason,
    })),
  };
}

/** The answer as stored in the history; undefined if nothing arrived. */
export function assembleOutput(
  parts: readonly GenerationPart[],
  { streamed }: { streamed: boolean },
): Output | undefined {
  if (parts.length === 0) return undefined;
  const whole = streamed ? assembleCompletion(parts) : JSON.parse(parts[0]?.text ?? "{}");
  if (whole === undefined) return undefined;
  const [first, ...others] = wholeSchema.parse(whole).choices.map(({ message }) => toAnswer(message));
  if (first === undefined) return undefined;
  return outputSchema.parse({ ...first, ...(others.length > 0 && { alternatives: others }) });
}

function toAnswer({
  content,
  refusal,
  reasoning_content: thoughts,
  tool_calls: calls,
}: z.output<typeof messageSchema>) {
  return {
    role: "assistant" as const,
    content: content ?? null,
    ...(refusal && { refusal }),
    ...(thoughts && { reasoning_content: thoughts }),
    ...(calls &&
      calls.length > 0 && {
        tool_calls: calls.map(({ id, function: named }) => ({
          id: id ?? "",
          type: "function" as const,
          function: { name: named?.name ?? "", arguments: named?.arguments ?? "" },
        })),
      }),
  };
}

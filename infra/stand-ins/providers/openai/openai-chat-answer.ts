import { splitIntoPieces } from "../../../../src/worker/engine/providers/simulator/simulator-text";
import { type Reply, THOUGHTS } from "../answer";
import type { ChatBody } from "./openai-chat-body";
import type { Flavor } from "./openai-problem";

export type Head = { id: string; created: number; model: string; system_fingerprint: string };

/** OpenAI says "stop", not "tool_calls", when the caller named the one function to call. */
function finishReason(call: ChatBody, { ending }: Reply): string {
  if (ending === "tool")
    return typeof call.tool_choice === "object" && call.tool_choice !== null ? "stop" : "tool_calls";
  return ending === "filter" ? "content_filter" : ending;
}

/** Each choice is paid for, the prompt once. */
function usageOf(flavor: Flavor, call: ChatBody, { usage }: Reply) {
  const completion = (usage.output + usage.reasoning) * choicesOf(call);
  return {
    prompt_tokens: usage.input,
    completion_tokens: completion,
    total_tokens: usage.input + completion,
    prompt_tokens_details: { cached_tokens: usage.cached },
    completion_tokens_details: { reasoning_tokens: usage.reasoning * choicesOf(call) },
    ...(flavor === "deepseek"
      ? { prompt_cache_hit_tokens: usage.cached, prompt_cache_miss_tokens: usage.input - usage.cached }
      : {}),
  };
}

function toolCalls({ toolCall }: Reply) {
  if (toolCall === undefined) return undefined;
  const { id, name, args } = toolCall;
  return [{ id: `call_${id}`, type: "function", function: { name, arguments: JSON.stringify(args) } }];
}

const thinksAloud = (flavor: Flavor, { usage }: Reply) => flavor === "deepseek" && usage.reasoning > 0;

export function whole(flavor: Flavor, call: ChatBody, head: Head, answer: Reply, counts: boolean) {
  const calls = toolCalls(answer);
  const thought = thinksAloud(flavor, answer) ? { reasoning_content: THOUGHTS } : {};
  const message = {
    role: "assistant",
    content: answer.text ?? null,
    ...thought,
    ...(flavor === "openai" ? { refusal: null } : {}),
    ...(calls === undefined ? {} : { tool_calls: calls }),
  };
  return {
    ...head,
    object: "chat.completion",
    choices: Array.from({ length: choicesOf(call) }, (_, index) => ({
      index,
      message,
      logprobs: logprobs(call, splitIntoPieces(answer.text ?? "")),
      finish_reason: finishReason(call, answer),
    })),
    ...(counts ? { usage: usageOf(flavor, call, answer) } : {}),
  };
}

export function streamed(
  flavor: Flavor,
  call: ChatBody,
  head: Head,
  answer: Reply,
  counts: boolean,
): string[] {
  const withUsage = counts && call.stream_options?.include_usage === true;
  const chunk = (choices: unknown[], usage: unknown = null) =>
    JSON.stringify({ ...head, object: "chat.completion.chunk", choices, ...(withUsage ? { usage } : {}) });
  const usage = usageOf(flavor, call, answer);
  // DeepSeek puts the usage on the last chunk; OpenAI sends one more chunk without choices, when asked to.
  const onLast = flavor === "deepseek" && withUsage ? usage : null;
  const steps = stepsOf(flavor, call, answer);
  const indexes = [...Array(choicesOf(call)).keys()];
  const chunks = steps.flatMap((step, at) =>
    indexes.map((index) => chunk([{ index, ...step }], at === steps.length - 1 ? onLast : null)),
  );
  if (flavor === "openai" && withUsage) chunks.push(chunk([], usage));
  return [...chunks, "[DONE]"];
}

/** One choice's way through its stream. */
function stepsOf(flavor: Flavor, call: ChatBody, answer: Reply) {
  const step = (delta: unknown, finish: string | null = null, pieces: string[] = []) => ({
    delta,
    logprobs: pieces.length > 0 ? logprobs(call, pieces) : null,
    finish_reason: finish,
  });
  const steps = [step({ role: "assistant", content: answer.text === undefined ? null : "" })];
  if (thinksAloud(flavor, answer)) {
    for (const piece of splitIntoPieces(THOUGHTS))
      steps.push(step({ content: null, reasoning_content: piece }));
  }
  for (const [index, tool] of (toolCalls(answer) ?? []).entries()) {
    const opening = { ...tool, index, function: { name: tool.function.name, arguments: "" } };
    steps.push(step({ tool_calls: [opening] }));
    for (const piece of splitIntoPieces(tool.function.arguments))
      steps.push(step({ tool_calls: [{ index, function: { arguments: piece } }] }));
  }
  for (const piece of splitIntoPieces(answer.text ?? "")) steps.push(step({ content: piece }, null, [piece]));
  return [...steps, step(flavor === "deepseek" ? { content: "" } : {}, finishReason(call, answer))];
}

const choicesOf = ({ n }: ChatBody) => n ?? 1;

/** Log probabilities of each piece, when they were asked for: every piece was as good as certain. */
function logprobs({ logprobs: asked, top_logprobs }: ChatBody, pieces: string[]) {
  if (asked !== true) return null;
  const content = pieces.map((token) => {
    const one = { token, logprob: -0.01, bytes: [...Buffer.from(token)] };
    return { ...one, top_logprobs: (top_logprobs ?? 0) > 0 ? [one] : [] };
  });
  return { content, refusal: null };
}

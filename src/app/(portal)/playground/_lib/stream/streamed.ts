import type { FinishReason, ToolCall } from "@agathaai/core/inference";
import type { Answer } from "../answer";

/** A chat completion as far as its stream has come. It survives a reload of the tab as JSON. */
export interface Streamed {
  status: "processing" | "completed" | "failed" | "cancelled";
  /** `inf_…`, once the status line is here. */
  id: string | null;
  model: string;
  notice: string | null;
  content: string;
  /** What the model thinks, where that is shown. */
  thoughts: string;
  toolCalls: ToolCall[];
  finishReason: FinishReason | null;
  /** OpenAI's usage with our `cost`, in dollars. */
  usage: Record<string, unknown> | null;
  /** What a stream that broke said last. */
  problem: Problem | null;
  sentAt: string;
  endedAt: string | null;
}

interface Problem {
  message: string;
  /** To quote to support. */
  request_id?: string;
}

export function newStreamed(model: string, sentAt: string): Streamed {
  return {
    status: "processing",
    id: null,
    model,
    notice: null,
    content: "",
    thoughts: "",
    toolCalls: [],
    finishReason: null,
    usage: null,
    problem: null,
    sentAt,
    endedAt: null,
  };
}

const record = (value: unknown): Record<string, unknown> =>
  typeof value === "object" && value !== null ? { ...value } : {};
const text = (value: unknown) => (typeof value === "string" ? value : "");
const list = (value: unknown): unknown[] => (Array.isArray(value) ? value : []);
const count = (value: unknown) => (typeof value === "number" ? value : 0);

const finishReasons = new Set<unknown>(["stop", "length", "tool_calls", "content_filter"]);
const isFinishReason = (value: unknown): value is FinishReason => finishReasons.has(value);

/** The completion with one more chunk of OpenAI's format: a delta, the usage, or the error that ends a broken stream. */
export function withChunk(streamed: Streamed, chunk: unknown): Streamed {
  const { choices, usage, error } = record(chunk);
  if (error !== undefined) {
    return { ...streamed, status: "failed", problem: problemOf(record(error)) };
  }
  const { delta, finish_reason: finished } = record(list(choices)[0]);
  const { content, refusal, reasoning_content: thoughts, tool_calls: calls } = record(delta);
  return {
    ...streamed,
    content: streamed.content + text(content) + text(refusal),
    thoughts: streamed.thoughts + text(thoughts),
    toolCalls: list(calls).reduce<ToolCall[]>(withFragment, streamed.toolCalls),
    finishReason: isFinishReason(finished) ? finished : streamed.finishReason,
    usage: typeof usage === "object" && usage !== null ? record(usage) : streamed.usage,
  };
}

function problemOf({ message, request_id: requestId }: Record<string, unknown>): Problem {
  return {
    message: text(message) || "The stream broke off.",
    ...(typeof requestId === "string" && { request_id: requestId }),
  };
}

/** The first fragment of a call has its ID and name; the others continue its arguments. */
function withFragment(calls: ToolCall[], fragment: unknown): ToolCall[] {
  const { index, id, function: called } = record(fragment);
  const at = count(index);
  const before = calls[at] ?? { id: "", type: "function", function: { name: "", arguments: "" } };
  const { name, arguments: more } = record(called);
  const call: ToolCall = {
    id: before.id + text(id),
    type: "function",
    function: {
      name: before.function.name + text(name),
      arguments: before.function.arguments + text(more),
    },
  };
  return [...calls.slice(0, at), call, ...calls.slice(at + 1)];
}

const MICROS = 1_000_000;

export function answerOf(streamed: Streamed): Answer {
  const { status, model, notice, content, thoughts, toolCalls, usage, problem, finishReason } = streamed;
  const empty = content === "" && thoughts === "" && toolCalls.length === 0;
  return {
    status,
    model,
    model_notice: notice,
    output: empty
      ? null
      : {
          role: "assistant",
          content: content === "" ? null : content,
          ...(thoughts !== "" && { reasoning_content: thoughts }),
          ...(toolCalls.length > 0 && { tool_calls: toolCalls }),
        },
    finish_reason: finishReason,
    error: problem,
    usage: usage && {
      input_tokens: count(usage.prompt_tokens),
      output_tokens: count(usage.completion_tokens),
    },
    cost_micros: usage === null ? null : Math.round(count(usage.cost) * MICROS),
    created_at: streamed.sentAt,
    completed_at: streamed.endedAt,
  };
}

/** What the same call returns without `stream`. */
export function completionOf({
  id,
  model,
  content,
  thoughts,
  toolCalls,
  finishReason,
  usage,
  sentAt,
}: Streamed): object {
  const message = {
    role: "assistant",
    content: content === "" ? null : content,
    ...(thoughts !== "" && { reasoning_content: thoughts }),
    ...(toolCalls.length > 0 && { tool_calls: toolCalls }),
  };
  return {
    id,
    object: "chat.completion",
    created: Math.floor(Date.parse(sentAt) / 1_000),
    model,
    choices: [{ index: 0, message, finish_reason: finishReason }],
    ...(usage !== null && { usage }),
  };
}

const ended = new Set<unknown>(["completed", "failed", "cancelled"]);
const ID = /^inf_[0-9a-z]{26}$/;

/** What the tab keeps of it: of one that is under way no more than it takes to read it again, all of it. */
export function toSave(streamed: Streamed): Streamed | undefined {
  const { status, id, model, sentAt } = streamed;
  if (status !== "processing") return streamed;
  return id === null ? undefined : { ...newStreamed(model, sentAt), id };
}

/** One that ended or can be read again, out of the tab's storage, where an older version of this page may have written. */
export function parseStreamed(value: unknown): Streamed | null {
  const given = record(value);
  const { status, id, usage, problem } = given;
  const underWay = status === "processing" && ID.test(text(id));
  if (
    !(ended.has(status) || underWay) ||
    typeof given.model !== "string" ||
    Number.isNaN(Date.parse(text(given.sentAt)))
  ) {
    return null;
  }
  const calls = list(given.toolCalls).map((call, index) => ({ ...record(call), index }));
  return {
    status: status as Streamed["status"],
    id: typeof id === "string" ? id : null,
    model: given.model,
    notice: typeof given.notice === "string" ? given.notice : null,
    content: text(given.content),
    thoughts: text(given.thoughts),
    toolCalls: calls.reduce<ToolCall[]>(withFragment, []),
    finishReason: isFinishReason(given.finishReason) ? given.finishReason : null,
    usage: typeof usage === "object" && usage !== null ? record(usage) : null,
    problem: problem ? problemOf(record(problem)) : null,
    sentAt: text(given.sentAt),
    endedAt: typeof given.endedAt === "string" ? given.endedAt : null,
  };
}

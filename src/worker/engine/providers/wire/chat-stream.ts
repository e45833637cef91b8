import { failureOfEvent } from "../../failures/classify-failure";
import { ProviderFailure, type ProviderName } from "../../failures/errors";
import type { AnswerFacts, AnswerHead, StreamReader } from "../live-protocol";
import { chatFinishReason } from "./chat-completions";
import { fromLatin1, toLatin1 } from "./latin1";
import type { ToolNames } from "./tool-names";
import { chatUsage, type Served } from "./usage";

export interface ChatStreamOptions {
  provider: ProviderName;
  head: AnswerHead;
  includeUsage: boolean;
  ownMessages: number;
  /** Present where names of tools were changed on the way there. */
  names?: ToolNames | undefined;
  /** Only the first call of a turn is passed on. */
  oneCall: boolean;
  /** What decides the price beside the usage. */
  served: Served;
}

/**
 * OpenAI's own stream, passed on. All chunks of a stream begin with the same fields (`id`, `created`, `model`, …) up to
 * `"choices":`; a chunk that does, and that ends nothing and counts nothing, gets our beginning and is otherwise
 * forwarded byte for byte. Every other chunk is parsed.
 */
export class ChatStream implements StreamReader {
  readonly facts: AnswerFacts = {
    usage: undefined,
    wireUsage: undefined,
    finishReason: undefined,
    upstreamModel: undefined,
  };
  hasContent = false;
  isComplete = false;
  contentBytes = 0;

  /** How the provider's chunks begin, and how ours do; empty until it is known. */
  #theirs = "";
  #ours = "";
  #calledTools = false;
  #serviceTier: string | undefined;

  constructor(private readonly options: ChatStreamOptions) {}

  read(data: string): string {
    if (data === "[DONE]") {
      this.isComplete = true;
      return "";
    }
    const start = this.#theirs.length;
    if (start === 0 || !this.hasContent || !data.startsWith(this.#theirs) || !this.#isPlain(data, start)) {
      return this.#readParsed(data);
    }
    this.contentBytes += contentLength(data, start);
    return `data: ${this.#ours}${this.#withoutUsage(data, start)}\n\n`;
  }

  close(): void {
    if (this.isComplete) return;
    throw new ProviderFailure("connection", { provider: this.options.provider, detail: "stream cut short" });
  }

  /** It is in the middle of an answer, and nothing in it has to be read or changed. */
  #isPlain(data: string, start: number): boolean {
    if (!data.includes('"finish_reason":null', start) || data.includes('"finish_reason":"', start))
      return false;
    if (data.includes('"tool_calls":', start)) {
      if (this.options.names !== undefined || this.options.oneCall) return false;
      this.#calledTools = true;
    }
    const usage = data.indexOf('"usage":', start);
    return usage < 0 || data.startsWith("null", usage + 8);
  }

  /** The rest of a chunk, with `"usage":null` exactly where the client asked for usage. */
  #withoutUsage(data: string, start: number): string {
    const at = data.indexOf(',"usage":null', start);
    if (this.options.includeUsage)
      return at >= 0 ? data.slice(start) : `${data.slice(start, -1)},"usage":null}`;
    return at < 0 ? data.slice(start) : data.slice(start, at) + data.slice(at + NULL_USAGE_LENGTH);
  }

  #readParsed(data: string): string {
    const chunk = this.#parse(data);
    if (this.#theirs === "") this.#learnBeginning(data);
    if (typeof chunk.model === "string" && chunk.model !== "") this.facts.upstreamModel = chunk.model;
    if (typeof chunk.service_tier === "string") this.#serviceTier = chunk.service_tier;
    if (isRecord(chunk.usage)) {
      const served = { ...this.options.served, serviceTier: this.#serviceTier };
      this.facts.usage = chatUsage(chunk.usage, served) ?? this.facts.usage;
      this.facts.wireUsage = chunk.usage;
    }
    const choices = Array.isArray(chunk.choices) ? chunk.choices : [];
    if (choices.length === 0) return "";
    for (const choice of choices) this.#readChoice(choice);
    const { usage: _counted, ...rest } = chunk;
    const ours = {
      ...rest,
      ...this.options.head,
      object: "chat.completion.chunk",
      ...(this.options.includeUsage && { usage: null }),
    };
    return `data: ${toLatin1(JSON.stringify(ours))}\n\n`;
  }

  #parse(data: string): Record<string, unknown> {
    const { provider, ownMessages } = this.options;
    let chunk: unknown;
    try {
      chunk = JSON.parse(fromLatin1(data));
    } catch {
      throw new ProviderFailure("invalid_response", { provider, detail: "unreadable event" });
    }
    if (!isRecord(chunk)) throw new ProviderFailure("invalid_response", { provider, detail: "event" });
    if (chunk.error !== undefined && chunk.error !== null)
      throw failureOfEvent(provider, chunk, { ownMessages });
    return chunk;
  }

  /** Known only where `id`, `created` and `model` stand before the choices: whatever follows those is forwarded. */
  #learnBeginning(data: string): void {
    const end = data.indexOf('"choices":');
    const beginning = end < 0 ? undefined : parsedRecord(`${fromLatin1(data.slice(0, end))}"choices":0}`);
    if (beginning === undefined || !["id", "created", "model"].every((key) => key in beginning)) return;
    const { choices: _choices, usage: _usage, ...fields } = beginning;
    if ("usage" in beginning) return;
    const ours = JSON.stringify({ ...fields, ...this.options.head, object: "chat.completion.chunk" });
    this.#theirs = data.slice(0, end);
    this.#ours = `${toLatin1(ours.slice(0, -1))},`;
  }

  #readChoice(choice: unknown): void {
    if (!isRecord(choice)) return;
    const delta = isRecord(choice.delta) ? choice.delta : {};
    if (Array.isArray(delta.tool_calls)) this.#readCalls(delta, delta.tool_calls);
    const length = lengthOfDelta(delta);
    this.contentBytes += length;
    if (typeof choice.finish_reason === "string") {
      const { provider } = this.options;
      const reason = chatFinishReason(
        provider,
        choice.finish_reason,
        this.contentBytes > 0,
        this.#calledTools,
      );
      choice.finish_reason = reason;
      this.facts.finishReason ??= reason;
      this.hasContent = true;
    } else {
      // A chunk always says that it is not the last.
      choice.finish_reason = null;
      this.hasContent ||= length > 0 || isRecord(delta.audio);
    }
  }

  #readCalls(delta: Record<string, unknown>, calls: unknown[]): void {
    const { names, oneCall } = this.options;
    this.#calledTools ||= calls.length > 0;
    for (const call of calls) {
      if (!isRecord(call) || !isRecord(call.function) || typeof call.function.name !== "string") continue;
      call.function.name = names?.fromProvider(call.function.name) ?? call.function.name;
    }
    if (oneCall) delta.tool_calls = calls.filter((call) => isRecord(call) && (call.index ?? 0) === 0);
  }
}

const NULL_USAGE_LENGTH = ',"usage":null'.length;

/** Fields of a delta that a person or a program reads, as they stand in a chunk's text. */
const contentFields = ['"content":"', '"arguments":"', '"reasoning_content":"', '"refusal":"'];

function contentLength(data: string, start: number): number {
  for (const field of contentFields) {
    const at = data.indexOf(field, start);
    const length = at < 0 ? 0 : endOfString(data, at + field.length) - at - field.length;
    // A delta has one of them.
    if (length > 0) return length;
  }
  return 0;
}

/** Where the string literal that begins here ends. */
function endOfString(data: string, start: number): number {
  let end = data.indexOf('"', start);
  while (end > start) {
    let before = end - 1;
    while (before >= start && data.charCodeAt(before) === BACKSLASH) before--;
    if ((end - before) % 2 === 1) return end;
    end = data.indexOf('"', end + 1);
  }
  return end < 0 ? data.length : end;
}

const BACKSLASH = 0x5c;

/** Bytes of what a reader sees of a delta, or of a whole message. */
export function lengthOfDelta(delta: Record<string, unknown>): number {
  let length = 0;
  for (const text of [delta.content, delta.reasoning_content, delta.refusal]) {
    if (typeof text === "string") length += Buffer.byteLength(text);
  }
  const calls = Array.isArray(delta.tool_calls) ? delta.tool_calls : [];
  for (const call of [...calls, { function: delta.function_call }]) {
    if (!isRecord(call) || !isRecord(call.function)) continue;
    for (const text of [call.function.name, call.function.arguments]) {
      if (typeof text === "string") length += Buffer.byteLength(text);
    }
  }
  return length;
}

function parsedRecord(text: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return isRecord(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

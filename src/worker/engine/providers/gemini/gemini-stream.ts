import { failureOfEvent } from "../../failures/classify-failure";
import { ProviderFailure } from "../../failures/errors";
import type { AnswerFacts, LiveCall, StreamReader } from "../live-protocol";
import { type ChunkWriter, chunkWriter, wireUsageOf } from "../wire/chat-answer";
import { isRecord } from "../wire/chat-stream";
import { fromLatin1 } from "../wire/latin1";
import { quoteInexactNumbers } from "../wire/lossless-json";
import { GeminiAnswer, NUMBER_PREFIX } from "./gemini-answer";

/** Gemini's stream in OpenAI's chunks. Each event is a response of its own, with the usage so far. */
export class GeminiStream implements StreamReader {
  hasContent = false;
  contentBytes = 0;

  readonly #answer: GeminiAnswer;
  readonly #writer: ChunkWriter;
  readonly #oneCall: boolean;
  #calls = 0;

  constructor({ request, head, includeUsage }: LiveCall) {
    this.#answer = new GeminiAnswer(request);
    this.#writer = chunkWriter(head, { includeUsage });
    this.#oneCall = request.input.parallel_tool_calls === false;
  }

  get facts(): AnswerFacts {
    const { usage, said, finishReason, upstreamModel } = this.#answer;
    return { usage, wireUsage: wireUsageOf(usage, said), finishReason, upstreamModel };
  }

  /** The last event does not say that it is the last: the end of the stream does. */
  get isComplete(): boolean {
    return false;
  }

  read(data: string): string {
    const wasFinished = this.#answer.finishReason !== undefined;
    const { thoughts, text, toolCalls } = this.#answer.read(this.#parse(data));
    if (wasFinished) return "";
    let frames = "";
    if (thoughts !== "") {
      frames += this.#frame({ reasoning_content: thoughts });
      this.contentBytes += Buffer.byteLength(thoughts);
    }
    if (text !== "") {
      frames += this.#frame({ content: text });
      this.contentBytes += Buffer.byteLength(text);
    }
    for (const { id, type, function: called } of toolCalls) {
      if (this.#oneCall && this.#calls > 0) break;
      const call = { index: this.#calls++, id, type, function: called };
      frames += this.#frame({ tool_calls: [call] });
      this.contentBytes += Buffer.byteLength(called.name) + Buffer.byteLength(called.arguments);
    }
    const { finishReason } = this.#answer;
    if (finishReason !== undefined) frames += this.#frame({}, finishReason);
    return frames;
  }

  close(): void {
    this.#answer.close();
  }

  /** The first frame of all says who speaks. */
  #frame(delta: object, finishReason?: string): string {
    const first = this.hasContent
      ? ""
      : this.#writer.frame({ role: "assistant", content: "", refusal: null });
    this.hasContent = true;
    return first + this.#writer.frame(delta, finishReason);
  }

  #parse(data: string): unknown {
    let event: unknown;
    try {
      event = JSON.parse(quoteInexactNumbers(fromLatin1(data), NUMBER_PREFIX));
    } catch {
      throw new ProviderFailure("invalid_response", { provider: "gemini", detail: "unreadable event" });
    }
    if (isRecord(event) && isRecord(event.error)) throw failureOfEvent("gemini", event, { ownMessages: 0 });
    return event;
  }
}

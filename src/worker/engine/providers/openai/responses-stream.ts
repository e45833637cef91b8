import type { FinishReason } from "@agathaai/core/inference";
import { failureOfEvent } from "../../failures/classify-failure";
import { ProviderFailure } from "../../failures/errors";
import type { AnswerFacts, LiveCall, StreamReader } from "../live-protocol";
import { type ChunkWriter, chunkWriter, wireUsageOf } from "../wire/chat-answer";
import { isRecord } from "../wire/chat-stream";
import { fromLatin1 } from "../wire/latin1";
import { chatNames, type ToolNames, toolNames } from "../wire/tool-names";
import { responsesUsage, type Served } from "../wire/usage";
import { idWithReasoning, type ReasoningOwner } from "./encrypted-reasoning";
import { assertEnded, BETWEEN_THOUGHTS, responsesFinishReason } from "./responses-answer";

/** A function call under way, as its chunks name it. */
interface OpenCall {
  index: number;
  hasArguments: boolean;
}

type Event = Record<string, unknown>;

/** The events of OpenAI's Responses API in Chat Completions' chunks. Whatever is not asked for says nothing. */
export class ResponsesStream implements StreamReader {
  readonly facts: AnswerFacts = {
    usage: undefined,
    wireUsage: undefined,
    finishReason: undefined,
    upstreamModel: undefined,
  };
  hasContent = false;
  isComplete = false;
  contentBytes = 0;

  readonly #writer: ChunkWriter;
  readonly #names: ToolNames;
  readonly #owner: ReasoningOwner;
  readonly #oneCall: boolean;
  readonly #served: Served;
  /** Keyed by the index of their items in the output. */
  readonly #calls = new Map<unknown, OpenCall>();
  /** Thought since the last call. */
  #encrypted: string[] = [];
  /** The part of the thoughts' summary that came last. */
  #thought: string | undefined;
  /** Texts and refusals of which something has come piece by piece. */
  readonly #begun = new Set<string>();
  #hasStarted = false;
  /** Something other than thoughts and calls. */
  #hasSaid = false;

  constructor({
    request: { input, upstreamModel },
    head,
    includeUsage,
    apiKey,
    longCache,
    regional,
  }: LiveCall) {
    this.#writer = chunkWriter(head, { includeUsage });
    this.#names = toolNames(input, chatNames);
    this.#owner = { upstreamModel, apiKey };
    this.#oneCall = input.parallel_tool_calls === false;
    this.#served = { longCache, regional };
  }

  read(data: string): string {
    // Proxies in between end streams as Chat Completions does.
    if (data === "[DONE]") return "";
    const event = this.#parse(data);
    switch (event.type) {
      case "response.output_item.added":
        return isRecord(event.item) && event.item.type === "function_call"
          ? this.#open(event, event.item)
          : "";
      case "response.output_item.done":
        return isRecord(event.item) ? this.#itemDone(event, event.item) : "";
      case "response.output_text.delta":
        return this.#say("content", event, event.delta);
      case "response.output_text.done":
        return this.#sayWhole("content", event, event.text);
      case "response.reasoning_summary_text.delta":
        return this.#think(event, event.delta);
      case "response.reasoning_summary_text.done":
        return this.#begun.has(summaryPartOf(event)) ? "" : this.#think(event, event.text);
      case "response.refusal.delta":
        return this.#say("refusal", event, event.delta);
      case "response.refusal.done":
        return this.#sayWhole("refusal", event, event.refusal);
      case "response.function_call_arguments.delta":
        return this.#argue(event, event.delta);
      case "response.completed":
      case "response.incomplete":
      case "response.failed":
        return this.#end(event);
      case "error":
        throw failureOfEvent(
          "openai",
          { error: isRecord(event.error) ? event.error : event },
          { ownMessages: 0 },
        );
      default:
        return "";
    }
  }

  close(): void {
    if (this.isComplete) return;
    throw new ProviderFailure("connection", { provider: "openai", detail: "stream cut short" });
  }

  #parse(data: string): Event {
    let event: unknown;
    try {
      event = JSON.parse(fromLatin1(data));
    } catch {
      throw unreadable("unreadable event");
    }
    if (!isRecord(event)) throw unreadable("event");
    // An error as Chat Completions has it, by a balancer in front.
    if (event.type === undefined && isRecord(event.error)) return { ...event, type: "error" };
    return event;
  }

  /** The first frame of all says who speaks. */
  #frame(delta: object, bytes: number, finishReason?: string): string {
    const first = this.#hasStarted
      ? ""
      : this.#writer.frame({ role: "assistant", content: "content" in delta ? "" : null, refusal: null });
    this.#hasStarted = true;
    this.hasContent = true;
    this.contentBytes += bytes;
    return first + this.#writer.frame(delta, finishReason);
  }

  #say(field: "content" | "refusal", event: Event, text: unknown): string {
    if (typeof text !== "string" || text === "") return "";
    this.#hasSaid = true;
    this.#begun.add(partOf(event));
    return this.#frame({ [field]: text }, Buffer.byteLength(text));
  }

  /** Nothing came of it piece by piece. */
  #sayWhole(field: "content" | "refusal", event: Event, text: unknown): string {
    return this.#begun.has(partOf(event)) ? "" : this.#say(field, event, text);
  }

  #think(event: Event, text: unknown): string {
    if (typeof text !== "string" || text === "") return "";
    const part = summaryPartOf(event);
    const between = this.#thought === undefined || this.#thought === part ? "" : BETWEEN_THOUGHTS;
    this.#thought = part;
    this.#begun.add(part);
    const said = between + text;
    return this.#frame({ reasoning_content: said }, Buffer.byteLength(said));
  }

  #open(event: Event, { call_id: id, name }: Event): string {
    if (typeof id !== "string" || typeof name !== "string") throw unreadable("function_call");
    const call = { index: this.#calls.size, hasArguments: false };
    this.#calls.set(event.output_index, call);
    const encrypted = this.#encrypted;
    this.#encrypted = [];
    if (this.#oneCall && call.index > 0) return "";
    const named = this.#names.fromProvider(name);
    const opening = {
      index: call.index,
      id: idWithReasoning(this.#owner, id, encrypted),
      type: "function",
      function: { name: named, arguments: "" },
    };
    return this.#frame({ tool_calls: [opening] }, Buffer.byteLength(named));
  }

  #argue({ output_index: at }: Event, text: unknown): string {
    const call = this.#calls.get(at);
    if (call === undefined) throw unreadable("arguments of no call");
    if (typeof text !== "string" || text === "") return "";
    call.hasArguments = true;
    if (this.#oneCall && call.index > 0) return "";
    const piece = { index: call.index, function: { arguments: text } };
    return this.#frame({ tool_calls: [piece] }, Buffer.byteLength(text));
  }

  #itemDone(event: Event, item: Event): string {
    if (item.type === "reasoning" && typeof item.encrypted_content === "string") {
      this.#encrypted.push(item.encrypted_content);
      return "";
    }
    if (item.type !== "function_call") return "";
    const opening = this.#calls.has(event.output_index) ? "" : this.#open(event, item);
    if (this.#calls.get(event.output_index)?.hasArguments) return opening;
    return opening + this.#argue(event, item.arguments || "{}");
  }

  #end({ type, response }: Event): string {
    const {
      status: said,
      error,
      usage,
      service_tier: tier,
      model,
      incomplete_details: details,
    } = isRecord(response) ? response : {};
    const serviceTier = typeof tier === "string" ? tier : undefined;
    this.facts.usage = responsesUsage(usage, { ...this.#served, serviceTier });
    this.facts.wireUsage = wireUsageOf(this.facts.usage, usage);
    if (typeof model === "string") this.facts.upstreamModel = model;
    const status = typeof said === "string" ? said : String(type).replace("response.", "");
    assertEnded(type === "response.failed" ? "failed" : status, { error });
    const reason = isRecord(details) && typeof details.reason === "string" ? details.reason : undefined;
    const finishReason: FinishReason = responsesFinishReason(
      status,
      reason,
      this.#hasSaid,
      this.#calls.size > 0,
    );
    this.facts.finishReason = finishReason;
    this.isComplete = true;
    return this.#frame({}, 0, finishReason);
  }
}

function partOf({ output_index: item, content_index: part }: Event): string {
  return `${item}/${part}`;
}

function summaryPartOf({ output_index: item, summary_index: part }: Event): string {
  return `${item}/thought/${part}`;
}

function unreadable(detail: string): ProviderFailure {
  return new ProviderFailure("invalid_response", { provider: "openai", detail });
}

import { randomBytes } from "node:crypto";
import { type FinishReason, type ToolCall, toolCallSchema } from "@agathaai/core/inference";
import type { TokenUsage } from "@agathaai/core/models";
import { z } from "zod";
import { ProviderFailure } from "../../failures/errors";
import type { ProviderRequest } from "../provider";
import { bought, toFinishReason } from "../wire/chat-completions";
import { unquoteNumbers } from "../wire/lossless-json";
import { packCallId } from "../wire/tool-call-ids";
import { geminiNames, type ToolNames, toolNames } from "../wire/tool-names";
import { geminiUsage } from "../wire/usage";

const partSchema = z.object({
  text: z.string().nullish(),
  thought: z.boolean().nullish(),
  thoughtSignature: z.string().nullish(),
  functionCall: z
    .object({
      id: z.string().max(256).nullish(),
      name: z.string().min(1),
      args: z.record(z.string(), z.unknown()).nullish(),
    })
    .nullish(),
});

const responseSchema = z.object({
  candidates: z
    .array(
      z.object({
        content: z.object({ parts: z.array(partSchema).nullish() }).nullish(),
        finishReason: z.string().nullish(),
      }),
    )
    .nullish(),
  promptFeedback: z.object({ blockReason: z.string().nullish() }).nullish(),
  usageMetadata: z.unknown().optional(),
  modelVersion: z.string().nullish(),
});

const finishReasonOf: Record<string, FinishReason> = {
  STOP: "stop",
  MAX_TOKENS: "length",
  SAFETY: "content_filter",
  RECITATION: "content_filter",
  BLOCKLIST: "content_filter",
  PROHIBITED_CONTENT: "content_filter",
  SPII: "content_filter",
  IMAGE_SAFETY: "content_filter",
  IMAGE_PROHIBITED_CONTENT: "content_filter",
  IMAGE_RECITATION: "content_filter",
};
/** The model broke off; the same request often works the next time. */
const brokenOff = new Set([
  "MALFORMED_FUNCTION_CALL",
  "UNEXPECTED_TOOL_CALL",
  "TOO_MANY_TOOL_CALLS",
  "MALFORMED_RESPONSE",
  "OTHER",
  "FINISH_REASON_UNSPECIFIED",
]);

/** Marks a number that came as text. Random in each process, so that nobody outside can write it. */
export const NUMBER_PREFIX = randomBytes(12).toString("hex");

/** What one response adds to the answer. */
export interface GeminiPiece {
  /** A summary of what it thinks, where it was asked for. */
  thoughts: string;
  text: string;
  toolCalls: ToolCall[];
}

/** An answer of Gemini's, in one response or, streamed, in several of the same shape. */
export class GeminiAnswer {
  usage: TokenUsage | undefined;
  /** The last usage as Gemini wrote it. */
  said: unknown;
  upstreamModel: string;
  /** How it ended; undefined until it has. */
  finishReason: FinishReason | undefined;

  readonly #names: ToolNames;
  #hasContent = false;
  #hasCalls = false;
  /** Tokens of the answer so far, without thoughts. */
  #tokens = 0;
  #isCut = false;

  constructor(private readonly request: ProviderRequest) {
    this.upstreamModel = request.upstreamModel;
    this.#names = toolNames(request.input, geminiNames);
  }

  /** @throws ProviderFailure when the prompt was refused, or the response is broken off or not Gemini's. */
  read(response: unknown): GeminiPiece {
    const parsed = responseSchema.safeParse(response);
    if (!parsed.success) throw invalid(`schema: ${parsed.error.issues[0]?.path.join(".") || "body"}`);
    const { candidates, promptFeedback, usageMetadata, modelVersion } = parsed.data;
    if (modelVersion) this.upstreamModel = modelVersion;
    const usage = geminiUsage(usageMetadata);
    this.said = usageMetadata ?? this.said;
    this.usage = usage ?? this.usage;
    const candidate = candidates?.[0];
    const parts = candidate?.content?.parts ?? [];
    if (promptFeedback?.blockReason && parts.length === 0) {
      throw new ProviderFailure("content_filtered", {
        provider: "gemini",
        detail: promptFeedback.blockReason,
      });
    }
    const toolCalls = parts.flatMap((part) => this.#toToolCall(part) ?? []);
    const said = parts.map((part) => (part.thought ? "" : (part.text ?? ""))).join("");
    const thoughts = parts.map((part) => (part.thought ? (part.text ?? "") : "")).join("");
    this.#hasCalls ||= toolCalls.length > 0;
    const text = this.#withinLimit(said, usage ? usage.outputTokens - usage.reasoningTokens : 0);
    this.#hasContent ||= text !== "";
    if (candidate?.finishReason) this.#finish(candidate.finishReason);
    return { thoughts: this.request.input.include_reasoning === true ? thoughts : "", text, toolCalls };
  }

  /** @throws ProviderFailure where no response said how it ended. */
  close(): FinishReason {
    if (this.finishReason === undefined) throw invalid("no finish reason");
    return this.finishReason;
  }

  #finish(reason: string): void {
    if (reason === "LANGUAGE") throw unsupportedLanguage();
    if (brokenOff.has(reason)) throw invalid(reason);
    const known = this.#isCut ? "length" : finishReasonOf[reason];
    this.finishReason = toFinishReason("gemini", known, this.#hasContent, this.#hasCalls);
  }

  /**
   * Gemini has one limit for thinking and answer together, so unused thinking tokens can make the answer longer than asked
   * for. It is cut at the caller's limit, by its share of the tokens, as the model itself would have cut it.
   */
  #withinLimit(text: string, tokens: number): string {
    const limit = this.request.input.max_tokens;
    const before = this.#tokens;
    this.#tokens = Math.max(before, tokens);
    if (limit === undefined || this.#hasCalls || text === "") return text;
    if (this.#isCut) return "";
    if (tokens <= limit) return text;
    this.#isCut = true;
    const characters = [...text];
    const share = Math.max(0, limit - before) / Math.max(1, tokens - before);
    return characters.slice(0, Math.floor(characters.length * share)).join("");
  }

  #toToolCall({ functionCall: call, thoughtSignature }: z.output<typeof partSchema>): ToolCall | undefined {
    if (!call) return undefined;
    const { upstreamModel } = this.request;
    const checked = toolCallSchema.safeParse({
      id: packCallId(upstreamModel, { id: call.id || undefined, signature: thoughtSignature || undefined }),
      type: "function",
      function: {
        name: this.#names.fromProvider(call.name),
        arguments: unquoteNumbers(JSON.stringify(call.args ?? {}), NUMBER_PREFIX),
      },
    });
    if (!checked.success) throw invalid("tool call");
    return checked.data;
  }
}

function invalid(detail: string): ProviderFailure {
  return new ProviderFailure("invalid_response", { provider: "gemini", detail, ...bought });
}

function unsupportedLanguage(): ProviderFailure {
  return new ProviderFailure("rejected", {
    provider: "gemini",
    detail: "LANGUAGE",
    publicMessage: "The messages are in a language that this model does not support.",
    publicParam: "messages",
  });
}

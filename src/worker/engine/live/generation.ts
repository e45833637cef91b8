import type { ChatRequest } from "@agathaai/core/inference";
import type { Model, TokenUsage } from "@agathaai/core/models";
import type { OwnKeys } from "@agathaai/core/provider-keys";
import type { Region } from "../../../shared/places";
import type { FailureKind, ProviderFailure, ProviderName } from "../failures/errors";
import type { AnswerHead, ChatCompletionAnswer } from "../providers/live-protocol";

/** English averages about four bytes a token in every tokenizer; other scripts count higher, here as there. */
export const BYTES_PER_TOKEN = 4;

/** One model at one provider. */
export interface Target {
  /** Its `upstreamModel` is called. */
  model: Model;
  /** `simulator` for test keys, otherwise the model's own. */
  provider: ProviderName;
  /** Only its provider's place in this region is called; undefined is anywhere. */
  region: Region | undefined;
  /** Only a place under a business associate agreement is called. */
  hipaa: boolean;
  /** Always sent upstream: the reservation rests on it. */
  maxOutputTokens: number;
  /** Parameters beside the conversation, as this target's provider takes them; they are sent as they are. */
  extras?: Readonly<Record<string, unknown>>;
  /** Parameters of the request that this target's provider has no field for, and is not told. */
  notSent?: readonly string[];
  /** The customer's own keys at this provider, used before ours. */
  own?: OwnKeys | undefined;
}

/** A chat request on its way to a provider, with the caller waiting. */
export interface Generation {
  /** In order of preference. Fallback is off where there is one. */
  targets: readonly [Target, ...Target[]];
  /** The organization that asks. */
  caller?: string | undefined;
  input: ChatRequest;
  /** Every frame and answer carries exactly these, whichever target answers. */
  head: AnswerHead;
  stream: boolean;
  /** The request asks OpenAI to keep its prompt cache for the long time, which costs more. */
  longCache?: boolean;
  /** The client asked for `stream_options.include_usage`: its frames say `"usage":null`. */
  includeUsage: boolean;
}

/** Where the answer goes. Calls come in this order, `end` always and last. */
export interface GenerationSink<Answer = ChatCompletionAnswer> {
  /** A stream's first content is here, so that this target is the one that answers. */
  answering(target: Target): void;
  /** Whole server-sent events, never with usage and never `[DONE]`. `pause` may be called from within. */
  frames(bytes: Buffer): void;
  end(outcome: Outcome<Answer>): void;
}

/** One call to a provider, as a receipt shows it; `skipped` where the target had failed too often just before. */
export interface Attempt {
  model: string;
  provider: ProviderName;
  outcome: "completed" | "skipped" | FailureKind;
  ms: number;
  /** Which of a model's upstreams it was, where it has several. */
  upstream?: string;
  /** Whether one of the customer's own keys was used. */
  byok?: true;
  /** Which of the keys it was; absent where none is needed, or nothing was sent. */
  credential?: string;
}

export interface Outcome<Answer = ChatCompletionAnswer> {
  result: "completed" | "failed" | "aborted";
  /** Why it failed, or was ended in the middle without its caller's doing. */
  failure?: ProviderFailure | undefined;
  /** The one that answered, or was tried last. */
  target: Target;
  attempts: readonly Attempt[];
  /** One of the customer's own keys was used for it: the provider bills them. */
  ownKey?: true | undefined;
  /** No model was asked: a stored answer of this age was used. */
  cacheAgeSeconds?: number;
  /** Frames have been handed over: a failure now is one in the middle of the answer. */
  started: boolean;
  /** The content delivered to the caller, in bytes of UTF-8 and in estimated tokens. */
  delivered: { bytes: number; tokens: number };
  /** The provider's own numbers, whenever they came, also with a failure or after `abort`. */
  usage?: TokenUsage | undefined;
  /** The same in OpenAI's words, for the client; without `usage` what the provider said, which is no count. */
  wireUsage?: object | undefined;
  finishReason?: string | undefined;
  /** The model that answered, as its provider names it. */
  upstreamModel?: string | undefined;
  /** Without a stream: the answer, but for its usage. */
  answer?: Answer | undefined;
  firstContentMs?: number | undefined;
}

export interface RunningGeneration {
  /** The caller has gone: ends the provider's call. */
  abort(): void;
  /** The caller reads slowly: stops reading from the provider. */
  pause(): void;
  resume(): void;
}

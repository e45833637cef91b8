import type { TokenUsage } from "@agathaai/core/models";
import type { Provider, ProviderAccess, ProviderRequest } from "./provider";

/** What identifies an answer to its reader. */
export interface AnswerHead {
  id: string;
  /** Seconds since 1970. */
  created: number;
  /** The model's public name. */
  model: string;
}

/** One HTTP request to a provider, below its base address. */
export interface UpstreamRequest {
  path: string;
  headers: Record<string, string>;
  body: string;
  /** How many of our messages precede the customer's. */
  ownMessages: number;
}

export interface LiveCall {
  request: ProviderRequest;
  head: AnswerHead;
  stream: boolean;
  includeUsage: boolean;
  extras: Readonly<Record<string, unknown>>;
  longCache: boolean;
  /** The provider's address is one of its regional ones, which cost more. */
  regional: boolean;
  /** Whose account is called; empty for the simulator. */
  apiKey: string;
}

/** `chat.completion` without its usage. */
export interface ChatCompletionAnswer extends AnswerHead {
  object: "chat.completion";
  choices: unknown[];
  [field: string]: unknown;
}

/** The facts of an answer beside its content. */
export interface AnswerFacts {
  /** Undefined where the provider has not said (yet). */
  usage: TokenUsage | undefined;
  wireUsage: object | undefined;
  finishReason: string | undefined;
  upstreamModel: string | undefined;
}

/**
 * Turns one provider's stream into OpenAI's frames, event by event. Text is in Latin-1, one character a byte, so that
 * what passes unchanged is never decoded.
 */
export interface StreamReader {
  readonly facts: AnswerFacts;
  /** Something that a reader can see has come. */
  readonly hasContent: boolean;
  /** Nothing more is to come. */
  readonly isComplete: boolean;
  /** Bytes of content among the frames so far, escapes as they stand. */
  readonly contentBytes: number;
  /**
   * The frames of one event's data; empty where it says nothing to the client.
   * @throws ProviderFailure where the event is not the provider's, or reports an error.
   */
  read(data: string): string;
  /** The stream is over. @throws ProviderFailure where its end is missing. */
  close(): void;
}

/** How a provider is spoken to on the synchronous path: the same mapping as the queue's, over our own transport. */
export interface LiveProtocol {
  /** @throws ProviderFailure `rejected` where the request cannot be said to this provider. */
  request(call: LiveCall): UpstreamRequest;
  /** @param ownMessages how many of our messages precede the customer's, to name theirs when one is refused. */
  reader(call: LiveCall, ownMessages: number): StreamReader;
  /** @throws ProviderFailure where the response is no answer. */
  answer(call: LiveCall, response: unknown): LiveAnswer;
  /** Prefix for numbers that a double cannot hold, where the protocol has any in its objects. */
  readonly numberPrefix?: string;
}

export interface LiveAnswer<Answer = ChatCompletionAnswer> {
  answer: Answer;
  facts: AnswerFacts;
}

/** Texts, or the tokens of texts, to be turned into vectors. */
export interface EmbeddingCall {
  upstreamModel: string;
  input: readonly (string | readonly number[])[];
  dimensions: number | undefined;
  encodingFormat: "float" | "base64";
  /** The caller's own user, for providers that have a field for it. */
  user: string | undefined;
  /** Parameters that we know nothing of, sent as they are. */
  extras: Readonly<Record<string, unknown>>;
  /** The model's public name, for the answer. */
  model: string;
  /** The provider's address is one of its regional ones, which cost more. */
  regional: boolean;
}

/** OpenAI's list of embeddings, without its usage. */
export interface EmbeddingAnswer {
  object: "list";
  data: { object: "embedding"; index: number; embedding: readonly number[] | string }[];
  model: string;
}

export interface EmbeddingProtocol {
  /** @throws ProviderFailure `rejected` where the input cannot be said to this provider. */
  request(call: EmbeddingCall, apiKey: string): UpstreamRequest;
  /** @throws ProviderFailure where the response does not hold a vector for each input. */
  answer(call: EmbeddingCall, response: unknown): LiveAnswer<EmbeddingAnswer>;
}

/** All that the engine knows of a provider: a row of the registry. */
export interface ProviderModule {
  connect(access: ProviderAccess): Provider;
  live: LiveProtocol;
  /** Absent where the provider makes none. */
  embeddings?: EmbeddingProtocol;
}

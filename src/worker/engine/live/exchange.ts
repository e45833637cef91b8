import type {
  ChatCompletionAnswer,
  LiveAnswer,
  LiveCall,
  StreamReader,
  UpstreamRequest,
} from "../providers/live-protocol";
import { openAiChat } from "../providers/openai/openai";
import { providerModules } from "../providers/registry";
import { quoteInexactNumbers } from "../providers/wire/lossless-json";
import type { Generation, Target } from "./generation";
import { simulatedChat } from "./upstream/simulated-call";

/** The request to one target and the reader of its answer: the part of an attempt that knows the protocol. */
export interface Exchange<Answer> {
  /** @throws ProviderFailure where the request cannot be said to this provider. */
  request(): UpstreamRequest;
  /** Present where the answer is a stream. */
  reader?: (ownMessages: number) => StreamReader;
  /** Of an answer in one piece, where it is another than usual. */
  maxBytes?: number;
  /** @throws where the text is no answer. */
  answer(text: string): LiveAnswer<Answer>;
  /** The bytes with which the simulator answers. */
  simulated(): Generator<Buffer, undefined>;
}

/** How a piece of work is put to a target. */
export type ExchangeWith<Answer> = (
  target: Target,
  /** What belongs to the address and the account that is called. */
  options: { regional: boolean; apiKey: string },
) => Exchange<Answer>;

export function chatExchange(generation: Generation): ExchangeWith<ChatCompletionAnswer> {
  return ({ provider, model, maxOutputTokens, extras = {} }, { regional, apiKey }) => {
    const { input, head, stream, includeUsage, longCache = false } = generation;
    const { upstreamModel, defaultEffort } = model;
    const request = { upstreamModel, input, defaultEffort, maxOutputTokens };
    const call: LiveCall = { request, extras, head, stream, includeUsage, longCache, regional, apiKey };
    // The simulator speaks OpenAI's Chat Completions.
    const protocol = (provider === "simulator" ? openAiChat : providerModules[provider]).live;
    const { numberPrefix } = protocol;
    return {
      request: () => protocol.request(call),
      ...(stream && { reader: (ownMessages) => protocol.reader(call, ownMessages) }),
      answer: (text) =>
        protocol.answer(
          call,
          JSON.parse(numberPrefix === undefined ? text : quoteInexactNumbers(text, numberPrefix)),
        ),
      simulated: () => simulatedChat(call),
    };
  };
}

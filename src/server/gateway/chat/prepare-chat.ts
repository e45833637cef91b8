import {
  askedReasoning,
  boundInputTokens,
  type ChatRequest,
  checkRequest,
  guessInputTokens,
  inSentWords,
  normalizeInput,
  outputLimit,
} from "@agathaai/core/inference";
import {
  type AskedPrice,
  asksLongCache,
  boundCost,
  findModel,
  type Model,
  openAiApi,
  tierOf,
  upstreamsOf,
} from "@agathaai/core/models";
import { AppError, defaultEnvironment, type Principal } from "@agathaai/core/platform";
import type { Target } from "@agathaai/worker/engine/live/generation";
import { type CallHeaders, maxCostOf } from "../call-headers";
import type { PreparedCall } from "../dialect";
import type { ChatCompletionInput, ChatOptions } from "./chat-input";
import { checkFaithful, type Faithful } from "./faithful";

export interface PreparedChat extends PreparedCall {
  input: ChatRequest;
  stream: boolean;
  includeUsage: boolean;
}

/**
 * Every check that needs no database, and the size of the reservation.
 * @throws AppError `model_not_found`, `model_not_allowed`, `unsupported_parameter`, `unknown_parameter`,
 *   `invalid_request`, `context_length_exceeded`.
 */
export function prepareChat(
  said: ChatCompletionInput,
  { principal, headers, at }: { principal: Principal; headers: CallHeaders; at: Date },
): PreparedChat {
  const environment = defaultEnvironment(principal);
  const given = withAskedReasoning(said);
  const { conversation, options } = given;
  const { max_completion_tokens: total } = conversation;
  const input = withoutTotal(normalizeInput(conversation), total);
  const asked = askedPrice(given);
  const stored = isStored(options, principal);
  const names = [conversation.model, ...(headers.fallback ? (options.models ?? []) : [])];
  const prepared = names.map((name, index) => {
    const param = index === 0 ? "model" : `models[${index - 1}]`;
    const model = findModel(name, at, param);
    try {
      checkRequest(input, model, principal, param);
      const faithful = checkFaithful(given, model, environment);
      return bounds(input, model, { total, asked, faithful });
    } catch (error) {
      throw inSentWords(error, given.asked);
    }
  });
  const [first, ...others] = prepared;
  if (first === undefined) throw new Error("a call without a model");
  const targetsOf = ({ model, maxOutputTokens, faithful }: (typeof prepared)[number]) => {
    const [one, ...more] = upstreamsOf(model);
    const { extras, notSent } = faithful;
    const at = (upstream: Model): Target => ({
      extras,
      notSent,
      model: upstream,
      provider: environment === "test" ? "simulator" : model.provider,
      region: principal.residency,
      hipaa: principal.hipaa === true,
      maxOutputTokens,
    });
    return [at(one), ...more.map(at)] as const;
  };
  const costMicros = prepared.reduce((most, one) => (one.costMicros > most ? one.costMicros : most), 0n);
  const live = environment === "live";
  return {
    targets: [...targetsOf(first), ...others.flatMap(targetsOf)],
    input,
    environment,
    asked,
    stream: options.stream === true,
    includeUsage: options.stream_options?.include_usage === true,
    toStore: stored
      ? { input, metadata: options.metadata ?? {}, maxOutputTokens: first.maxOutputTokens }
      : undefined,
    tokens: live ? Math.max(...prepared.map(({ tokens }) => tokens)) : 0,
    costMicros: live ? costMicros : 0n,
    maxCost: maxCostOf(headers, costMicros, "Lower max_tokens"),
    guessedInputTokens: guessInputTokens(input, first.model),
  };
}

/** @throws AppError `invalid_request` where two of its fields contradict each other. */
function withAskedReasoning(given: ChatCompletionInput): ChatCompletionInput {
  const { conversation, options } = given;
  const asked = askedReasoning(conversation, options);
  return asked === undefined
    ? given
    : { ...given, conversation: { ...conversation, ...asked.fields }, asked };
}

/**
 * `store` of the call, or else what its organization has set. Metadata belongs to stored answers, as at OpenAI.
 * @throws AppError `unsupported_parameter`, `invalid_request`.
 */
function isStored({ store, metadata }: ChatOptions, { storage = "off" }: Principal): boolean {
  if (store === true && storage === "forbidden") {
    throw new AppError("unsupported_parameter", {
      public: "store must be false: your organization keeps no prompts and answers of this API.",
      param: "store",
    });
  }
  const stored = store ?? storage === "on";
  if (!stored && Object.keys(metadata ?? {}).length > 0) {
    throw new AppError("invalid_request", {
      public: "metadata needs store: true. It is kept with stored answers.",
      param: "metadata",
    });
  }
  return stored;
}

/**
 * `max_completion_tokens` is the whole of an answer, thinking included, as OpenAI has it; `max_tokens` is what may be
 * seen of it, and a model that thinks gets room for that beside it.
 */
function withoutTotal(input: ChatRequest, total: number | null | undefined): ChatRequest {
  if (total === undefined || total === null) return input;
  const { max_tokens: _, ...rest } = input;
  return rest;
}

/**
 * `prompt_cache_retention` has no price of its own: "pricing is the same for both retention policies" (Microsoft's page on
 * the same models, learn.microsoft.com/azure/foundry/openai/how-to/prompt-caching). Lifetimes that cost more are asked for by
 * `prompt_cache_options.ttl`.
 */
function askedPrice({ options, unknown }: ChatCompletionInput): AskedPrice {
  return {
    serviceTier: tierOf(options.service_tier),
    longCache: asksLongCache(unknown.prompt_cache_options),
  };
}

/**
 * OpenAI's Responses API refuses a smaller `max_output_tokens`. Raised in silence it would be billed for more than was
 * allowed, so it is refused by name.
 */
const RESPONSES_LEAST = 16;

function isViaResponses(input: ChatRequest, { provider, upstreamModel }: Model): boolean {
  return provider === "openai" && openAiApi(upstreamModel, input) === "responses";
}

interface Size {
  total: number | null | undefined;
  asked: AskedPrice;
  faithful: Faithful;
}

function bounds(input: ChatRequest, model: Model, { total, asked, faithful }: Size) {
  const { extras } = faithful;
  if (typeof total === "number" && total > model.maxOutputTokens) {
    throw new AppError("invalid_request", {
      public: `max_completion_tokens must be at most ${model.maxOutputTokens.toLocaleString("en-US")} for ${model.id}.`,
      param: "max_completion_tokens",
    });
  }
  const maxOutputTokens = total ?? outputLimit(input, model);
  if (maxOutputTokens < RESPONSES_LEAST && isViaResponses(input, model)) {
    throw new AppError("invalid_request", {
      public: `max_completion_tokens must be at least ${RESPONSES_LEAST} for ${model.id} when it reasons and gets tools or include_reasoning.`,
      param: "max_completion_tokens",
    });
  }
  const inputTokens = boundInputTokens(input, model) + bytesOf(extras);
  const answers = typeof extras.n === "number" ? extras.n : 1;
  // The part of a prediction that the model does not use is billed as output, in addition to the limit.
  const outputTokens = answers * (maxOutputTokens + bytesOf(extras.prediction));
  return {
    model,
    faithful,
    maxOutputTokens,
    tokens: inputTokens + outputTokens,
    costMicros: boundCost(model, { inputTokens, outputTokens, ...asked }),
  };
}

function bytesOf(value: unknown): number {
  if (value === undefined) return 0;
  const text = JSON.stringify(value);
  return text === "{}" ? 0 : Buffer.byteLength(text);
}

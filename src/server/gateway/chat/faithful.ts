import { checkOwnWords, strictNotSent } from "@agathaai/core/inference";
import { type Model, openAiApi, tierOf } from "@agathaai/core/models";
import { AppError, type Environment } from "@agathaai/core/platform";
import { type ProviderOption, providers } from "@/shared/providers";
import type { ChatCompletionInput, ChatOptions } from "./chat-input";

/** Options that only some providers have, with the values that mean the same as leaving them out. */
const neutral = {
  n: (value) => value === 1,
  logprobs: (value) => value === false,
  top_logprobs: (value) => value === 0,
  logit_bias: isEmpty,
  presence_penalty: (value) => value === 0,
  frequency_penalty: (value) => value === 0,
  verbosity: (value) => value === "medium",
  prediction: () => false,
} as const satisfies Record<ProviderOption & keyof ChatOptions, (value: unknown) => boolean>;

/** What OpenAI's Responses API, which answers models that reason where they get tools or show it, has no parameter for. */
const notInResponses: readonly ProviderOption[] = [
  "n",
  "logprobs",
  "top_logprobs",
  "logit_bias",
  "presence_penalty",
  "frequency_penalty",
  "prediction",
];

/** The Responses API's own parameters, which mean nothing in Chat Completions: its state, and other words for ours. */
const ofResponsesAlone: ReadonlySet<string> = new Set([
  "background",
  "context_management",
  "conversation",
  "include",
  "input",
  "instructions",
  "max_output_tokens",
  "max_tool_calls",
  "previous_response_id",
  "prompt",
  "text",
  "truncation",
]);

/** What this API does for no model: the values that say nothing, and the refusal of any other. */
const refused = {
  modalities: [(value) => Array.isArray(value) && value.every((one) => one === "text"), 'must be ["text"].'],
  audio: [() => false, "is not supported."],
  web_search_options: [() => false, "is not supported: searches are priced apart."],
  functions: [() => false, "is no longer part of the protocol: send tools."],
  function_call: [() => false, "is no longer part of the protocol: send tool_choice."],
} as const satisfies Partial<Record<keyof ChatOptions, [(value: unknown) => boolean, string]>>;

/** Say who asks, and change nothing of the answer: OpenAI gets them, the others have no field for them. */
const hints = ["user", "safety_identifier", "prompt_cache_key"] as const;

/** Their shape cannot be simulated; all other options change only what a model says. */
const notSimulated: readonly ProviderOption[] = ["n", "logprobs"];

export interface Faithful {
  /** Merged into the body that the provider gets. */
  extras: Record<string, unknown>;
  /** Taken, and not sent: named in a header of this model's answer. */
  notSent: string[];
}

/**
 * Refuses by name what this model's provider cannot do, before anything is spent: nothing is dropped in silence. What
 * every provider's mapping knows (messages, tools, formats) is judged by `checkRequest`.
 *
 * @throws AppError `unsupported_parameter`, `unknown_parameter`, `invalid_request`; `param` names the field.
 */
export function checkFaithful(
  { conversation, options, unknown }: ChatCompletionInput,
  model: Model,
  environment: Environment,
): Faithful {
  checkTogether(options);
  checkRefused(options);
  checkOwnWords(options, model);
  const viaResponses = isViaResponses(conversation, model);
  const extras: Record<string, unknown> = {};
  checkTier(options.service_tier, model, extras);
  for (const name of Object.keys(neutral) as ProviderOption[]) {
    const value = options[name];
    if (value === undefined || value === null || neutral[name](value)) continue;
    if (!isHonored(model.provider, name)) throw unsupported(name, `is not supported by ${model.id}.`);
    if (viaResponses && notInResponses.includes(name)) {
      throw unsupported(
        name,
        `is not supported by ${model.id} when it reasons and gets tools or include_reasoning.`,
      );
    }
    if (environment === "test" && notSimulated.includes(name)) {
      throw unsupported(name, "is not simulated: a test key's answers come from the simulator.");
    }
    extras[name] = value;
  }
  checkSeedAndEffort(conversation, model);
  const [stranger] = Object.keys(unknown);
  if (stranger !== undefined && model.provider !== "openai") {
    throw new AppError("unknown_parameter", {
      public: `Unknown parameter: ${stranger}. ${model.id} gets no parameters that this API does not know.`,
      param: stranger,
    });
  }
  const reserved = viaResponses ? Object.keys(unknown).find((name) => ofResponsesAlone.has(name)) : undefined;
  if (reserved !== undefined) {
    throw new AppError("unknown_parameter", {
      public: `Unknown parameter: ${reserved}. It belongs to another of OpenAI's APIs.`,
      param: reserved,
    });
  }
  const given = hints.filter((name) => options[name] !== undefined && options[name] !== null);
  if (model.provider !== "openai")
    return { extras, notSent: [...given, ...strictNotSent(conversation, model)] };
  for (const name of given) extras[name] = options[name];
  return { extras: stranger === undefined ? extras : { ...extras, ...unknown }, notSent: [] };
}

function isHonored(provider: Model["provider"], name: ProviderOption): boolean {
  const options: readonly ProviderOption[] = providers[provider].options;
  return options.includes(name);
}

function isViaResponses(
  { tools, reasoning_effort, include_reasoning }: ChatCompletionInput["conversation"],
  model: Model,
): boolean {
  const asked = {
    tools: tools ?? undefined,
    reasoning_effort: reasoning_effort ?? undefined,
    include_reasoning: include_reasoning ?? undefined,
  };
  return model.provider === "openai" && openAiApi(model.upstreamModel, asked) === "responses";
}

function isEmpty(value: unknown): boolean {
  return typeof value === "object" && value !== null && Object.keys(value).length === 0;
}

function checkRefused(options: ChatOptions): void {
  for (const name of Object.keys(refused) as (keyof typeof refused)[]) {
    const value = options[name];
    const [saysNothing, message] = refused[name];
    if (value !== undefined && value !== null && !saysNothing(value)) throw unsupported(name, message);
  }
}

function checkTogether({ stream, stream_options: streamOptions, logprobs, top_logprobs: top }: ChatOptions) {
  if (streamOptions && stream !== true) {
    throw new AppError("invalid_request", {
      public: "stream_options needs stream: true.",
      param: "stream_options",
    });
  }
  if (top && logprobs !== true) {
    throw new AppError("invalid_request", {
      public: "top_logprobs needs logprobs: true.",
      param: "top_logprobs",
    });
  }
}

/** "auto" is the default tier here: what another would cost is held only where it is asked for by name. */
function checkTier(
  asked: ChatOptions["service_tier"],
  { id, price }: Model,
  extras: Record<string, unknown>,
) {
  const tier = tierOf(asked);
  if (tier === undefined || tier === "default") return;
  if (price.tiers[tier] === undefined)
    throw unsupported("service_tier", `${asked} is not offered for ${id}.`);
  extras.service_tier = asked;
}

function checkSeedAndEffort(
  { seed, reasoning_effort: effort }: ChatCompletionInput["conversation"],
  { id, provider, efforts }: Model,
): void {
  if (seed !== undefined && seed !== null && provider === "deepseek") {
    throw unsupported("seed", `is not supported by ${id}.`);
  }
  if (effort && effort !== "none" && efforts.length === 0) {
    throw unsupported("reasoning_effort", `is not supported by ${id}.`);
  }
}

function unsupported(param: string, message: string): AppError {
  return new AppError("unsupported_parameter", { public: `${param} ${message}`, param });
}

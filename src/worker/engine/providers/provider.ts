import type { ChatRequest, Completion } from "@agathaai/core/inference";
import type { ReasoningEffort } from "@agathaai/core/models";
import type { ProviderName } from "../failures/errors";
import type { CallOptions } from "../transport";

export interface ProviderRequest {
  /** The model as its provider names it. */
  upstreamModel: string;
  input: ChatRequest;
  /** How long it thinks when the caller does not say, where the name that was asked for decides it. */
  defaultEffort?: ReasoningEffort | undefined;
  /** Always sent upstream: the quota reservation rests on it. */
  maxOutputTokens: number;
}

/** How a provider is reached; without a key it refuses every call. */
export interface ProviderAccess {
  apiKey: string | undefined;
  baseUrl: string;
}

/** A provider of models. Stateless apart from its connections; safe to call many times at once. */
export interface Provider {
  readonly name: ProviderName;
  /** @throws ProviderFailure and nothing else. */
  complete(request: ProviderRequest, options: CallOptions): Promise<Completion>;
}

/** `parallel_tool_calls: false` is kept for providers that do not know it: the model asks again for the calls left out. */
export function withinCalls<Answer extends Pick<Completion, "toolCalls">>(
  input: ChatRequest,
  completion: Answer,
): Answer {
  if (input.parallel_tool_calls !== false) return completion;
  return { ...completion, toolCalls: completion.toolCalls.slice(0, 1) };
}

type OptionalKeys<T> = { [K in keyof T]: undefined extends T[K] ? K : never }[keyof T];
type Present<T> = Omit<T, OptionalKeys<T>> & { [K in OptionalKeys<T>]?: Exclude<T[K], undefined> };

/** Leaves out undefined fields: on the wire, an absent parameter and a null one differ. */
export function present<T extends object>(object: T): Present<T> {
  const kept: Partial<T> = {};
  for (const name of Object.keys(object) as (keyof T)[]) {
    const value = object[name];
    if (value !== undefined) kept[name] = value;
  }
  return kept as Present<T>;
}

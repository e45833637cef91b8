import type { Model } from "../../models";
import type { InferenceInput } from "./input-schema";

/** Say who asks, or what a provider may keep: the queue tells no provider. */
const neverSent = ["user", "safety_identifier", "prompt_cache_key", "store"] as const;

/** OpenAI alone holds a function's arguments to its schema. */
export function strictNotSent(
  { tools }: Pick<InferenceInput, "tools">,
  { provider }: Pick<Model, "provider">,
) {
  const isAsked = provider !== "openai" && tools?.some((tool) => tool.function.strict === true);
  return isAsked === true ? ["tools[].function.strict"] : [];
}

/**
 * The fields of a queued request that were taken, and that the model asked for will not be told: nothing is dropped in
 * silence. What changes the meaning of a request is refused instead.
 */
export function notSentOf(input: InferenceInput, model: Model): string[] {
  const { provider, efforts } = model;
  const given = (name: keyof InferenceInput) => input[name] !== undefined && input[name] !== null;
  return [
    ...neverSent.filter((name) => given(name) && input[name] !== false),
    ...(given("seed") && provider === "deepseek" ? ["seed"] : []),
    ...(given("reasoning_effort") && input.reasoning_effort !== "none" && efforts.length === 0
      ? ["reasoning_effort"]
      : []),
    ...strictNotSent(input, model),
  ];
}

import type { Model } from "../../models";
import type { InferenceInput } from "./input-schema";

/** Say who asks, or what a provider may keep: the queue tells no provider. */
const neverSent = ["user", "safety_identifier", "prompt_cache_key", "store"] as const;

/**
 * The fields of a queued request that were taken, and that the model asked for will not be told: nothing is dropped in
 * silence. What changes the meaning of a request is refused instead.
 */
export function notSentOf(input: InferenceInput, { provider, efforts }: Model): string[] {
  const given = (name: keyof InferenceInput) => input[name] !== undefined && input[name] !== null;
  return [
    ...neverSent.filter((name) => given(name) && input[name] !== false),
    ...(given("seed") && provider === "deepseek" ? ["seed"] : []),
    ...(given("reasoning_effort") && input.reasoning_effort !== "none" && efforts.length === 0
      ? ["reasoning_effort"]
      : []),
  ];
}

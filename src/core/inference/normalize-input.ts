import type { ChatRequest, InferenceInput } from "./chat";

/**
 * The `prompt` shorthand becomes a user message, so that nothing further on knows two shapes. Where it runs is decided
 * by `environmentOf`, and is a column of its own.
 */
export function normalizeInput({ prompt, messages, environment: _, ...rest }: InferenceInput): ChatRequest {
  return { ...rest, messages: messages ?? [{ role: "user", content: prompt ?? "" }] };
}

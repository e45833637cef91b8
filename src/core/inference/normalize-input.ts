import type { ChatRequest, InferenceInput } from "./chat";

/** The `prompt` shorthand becomes a user message, so that nothing further on knows two shapes. */
export function normalizeInput({ prompt, messages, ...rest }: InferenceInput): ChatRequest {
  return { ...rest, messages: messages ?? [{ role: "user", content: prompt ?? "" }] };
}

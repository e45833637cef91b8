import type { ChatMessage } from "@agathaai/core/inference";

/** A name that all answers bear tells nobody apart, and a model would go on to sign its own with it. */
export function speakersDiffer(messages: readonly ChatMessage[]): boolean {
  const names = messages.flatMap((message) => (message.role === "assistant" ? [message.name] : []));
  return new Set(names).size > 1;
}

import type { AnswerHead } from "@agathaai/worker/engine/providers/live-protocol";

/** The events of a stream that are ours, beside the provider's own chunks. */

export const DONE = "data: [DONE]\n\n";
export const PING = ": ping\n\n";

/** With `stream_options.include_usage`: the last chunk, with the whole usage and no choices. */
export function usageChunk({ id, created, model }: AnswerHead, usage: object): string {
  const chunk = { id, created, model, object: "chat.completion.chunk", choices: [], usage };
  return `data: ${JSON.stringify(chunk)}\n\n`;
}

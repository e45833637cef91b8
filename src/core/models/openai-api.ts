import { modelByUpstream } from "./catalogue";
import { effortFor } from "./find-model";
import type { ReasoningEffort } from "./reasoning";

/** OpenAI has two APIs for the same models; neither takes every request. */
export type OpenAiApi = "chat_completions" | "responses";

interface Asked {
  tools?: readonly unknown[] | undefined;
  reasoning_effort?: ReasoningEffort | undefined;
  include_reasoning?: boolean | undefined;
}

/**
 * What decides it: the catalogue's row of the model, and what is asked of it. While a model thinks, Chat Completions takes no
 * tools of it and shows none of its thoughts.
 */
export function openAiApi(upstreamModel: string, asked: Asked): OpenAiApi {
  if (asked.tools === undefined && asked.include_reasoning !== true) return "chat_completions";
  if (modelByUpstream(upstreamModel)?.toolsWhileThinking !== "responses") return "chat_completions";
  return effortFor(upstreamModel, asked.reasoning_effort) === "none" ? "chat_completions" : "responses";
}

import { modelByUpstream } from "./catalogue";
import { effortFor } from "./find-model";
import type { ReasoningEffort } from "./reasoning";

/** OpenAI has two APIs for the same models; neither takes every request. */
export type OpenAiApi = "chat_completions" | "responses";

/** What decides it: the catalogue's row of the model, and what is asked of it. */
export function openAiApi(
  upstreamModel: string,
  asked: { tools?: readonly unknown[] | undefined; reasoning_effort?: ReasoningEffort | undefined },
): OpenAiApi {
  if (asked.tools === undefined || modelByUpstream(upstreamModel)?.toolsWhileThinking !== "responses")
    return "chat_completions";
  return effortFor(upstreamModel, asked.reasoning_effort) === "none" ? "chat_completions" : "responses";
}

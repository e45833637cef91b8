import { modelByUpstream } from "./catalogue";
import { effortFor } from "./find-model";
import type { ReasoningEffort } from "./reasoning";

/** Whether the model behind an upstream name thinks for this caller, and whether its answers hold the thoughts even if nobody asked. */
export function thinkingFor(
  upstreamModel: string,
  asked: ReasoningEffort | undefined,
): { thinks: boolean; aloud: boolean } {
  const model = modelByUpstream(upstreamModel);
  const effort = effortFor(upstreamModel, asked);
  const thinks = effort === undefined ? model?.capabilities.reasoning === true : effort !== "none";
  return { thinks, aloud: thinks && model?.provider === "deepseek" };
}

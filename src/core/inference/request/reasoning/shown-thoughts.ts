import type { Model } from "../../../models";
import { AppError } from "../../../platform";
import type { ChatRequest } from "../chat";

/**
 * Thoughts are shown where somebody asks and the model has any. DeepSeek's are part of its answer, asked for or not.
 * @throws AppError `unsupported_parameter`.
 */
export function checkShownThoughts(
  { include_reasoning: asked, reasoning_effort: effort }: ChatRequest,
  { id, provider, capabilities, efforts, defaultEffort }: Model,
): void {
  if (asked === undefined) return;
  if (asked && !capabilities.reasoning && efforts.length === 0)
    throw unsupported(`is not supported by ${id}: it does not reason.`);
  const thinks = (effort ?? defaultEffort ?? "none") !== "none";
  if (!asked && thinks && provider === "deepseek")
    throw unsupported(`must be true for ${id} while it reasons: its answers hold its reasoning.`);
}

function unsupported(message: string): AppError {
  const param = "include_reasoning";
  return new AppError("unsupported_parameter", { public: `${param} ${message}`, param });
}

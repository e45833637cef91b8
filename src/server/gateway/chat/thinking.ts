import type { Model } from "@agathaai/core/models";
import { AppError } from "@agathaai/core/platform";
import type { ChatCompletionInput } from "./chat-input";

/**
 * DeepSeek's `thinking` said as `reasoning_effort`, which every mapping knows. Switched on without an effort it thinks with
 * DeepSeek's own default, `high`.
 *
 * @throws AppError `invalid_request` where the two contradict each other.
 */
export function withThinking(given: ChatCompletionInput): ChatCompletionInput {
  const { conversation, options } = given;
  if (!options.thinking) return given;
  const isOff = options.thinking.type === "disabled";
  const effort = conversation.reasoning_effort ?? (isOff ? "none" : "high");
  if ((effort === "none") !== isOff) {
    throw new AppError("invalid_request", {
      public: `thinking is ${options.thinking.type}, and reasoning_effort is ${effort}. Send one of them.`,
      param: "thinking",
    });
  }
  return { ...given, conversation: { ...conversation, reasoning_effort: effort } };
}

/** @throws AppError `unsupported_parameter`. */
export function checkThinking({ thinking }: ChatCompletionInput["options"], { id, provider }: Model): void {
  if (!thinking || provider === "deepseek") return;
  throw new AppError("unsupported_parameter", {
    public: `thinking is not supported by ${id}. Send reasoning_effort.`,
    param: "thinking",
  });
}

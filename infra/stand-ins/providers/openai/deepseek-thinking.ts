import { isObject, type Json, objects } from "../rules";
import { type Problem, problem } from "./openai-problem";

/** Its V4 models think unless told not to; the older ones by their name. */
export function deepSeekThinks(model: string, thinking: unknown): boolean {
  if (/^deepseek-(flash|v4)/.test(model)) return !(isObject(thinking) && thinking.type === "disabled");
  return /reasoner/.test(model);
}

/** What it refuses while it thinks: to be made to call a tool, and a turn with tool calls that lost its thoughts. */
export function thinkingProblem(body: Json, model: string): Problem | undefined {
  if (!deepSeekThinks(model, body.thinking)) return undefined;
  const { tool_choice: choice } = body;
  if (choice === "required" || isObject(choice))
    return problem("Thinking mode does not support this tool_choice", "tool_choice", "invalid_request_error");
  const messages = objects(body.messages);
  const first = messages.findIndex(({ tool_calls: calls }) => calls !== undefined);
  const lost = messages.findIndex(
    ({ role, reasoning_content: thoughts }, index) =>
      first >= 0 && index >= first && role === "assistant" && typeof thoughts !== "string",
  );
  return lost < 0
    ? undefined
    : problem(
        "The `reasoning_content` in the thinking mode must be passed back to the API.",
        `messages[${lost}]`,
        "invalid_request_error",
      );
}

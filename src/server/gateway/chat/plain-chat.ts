import {
  agrees,
  type Check,
  type InferenceInput,
  isBoolean,
  isRecord,
  plainConversation,
} from "@agathaai/core/inference";
import type { ChatCompletionInput, ChatOptions } from "./chat-input";

/** As `readPlainInput`: the shape that nearly every call has, checked by hand, or undefined. */
export function readPlainChat(body: unknown): ChatCompletionInput | undefined {
  if (!isRecord(body)) return undefined;
  const conversation: Record<string, unknown> = {};
  const options: Record<string, unknown> = {};
  for (const name of Object.keys(body)) {
    const value = body[name];
    const check = plainConversation.get(name);
    if (check !== undefined) {
      if (!check(value)) return undefined;
      conversation[name] = value;
      continue;
    }
    if (optionChecks.get(name)?.(value) !== true) return undefined;
    options[name] = value;
  }
  if (conversation.model === undefined || conversation.messages === undefined) return undefined;
  if (!agrees(conversation)) return undefined;
  // Each field was checked above, by name.
  return {
    conversation: conversation as InferenceInput,
    options: options as ChatOptions,
    unknown: {},
  };
}

const optionChecks: ReadonlyMap<string, Check> = new Map<string, Check>([
  ["stream", isBoolean],
  ["stream_options", (value) => isRecord(value) && hasOnly(value, "include_usage", isBoolean)],
  ["user", (value) => typeof value === "string" && value.length <= 512],
  ["n", (value) => value === 1],
  ["presence_penalty", (value) => value === 0],
  ["frequency_penalty", (value) => value === 0],
]);

function hasOnly(value: Record<string, unknown>, name: string, check: Check): boolean {
  return Object.keys(value).every((key) => key === name && check(value[key]));
}

import type { Outputs } from "../../../_client/trpc";
import { type DraftMessage, nextId } from "./draft";

type Output = NonNullable<Outputs["inference"]["result"]["output"]>;

/** The conversation with an answer taken into it, and an empty place for what comes next: a reply to each call, or a message. */
export function goOn(messages: readonly DraftMessage[], { content, tool_calls }: Output): DraftMessage[] {
  const id = nextId(messages);
  const answer: DraftMessage = {
    id,
    role: "assistant",
    text: content ?? "",
    ...(tool_calls && { toolCalls: tool_calls }),
  };
  if (tool_calls === undefined) return [...messages, answer, { id: id + 1, role: "user", text: "" }];
  const replies = tool_calls.map((call, index) => ({
    id: id + 1 + index,
    role: "tool" as const,
    text: "",
    toolCallId: call.id,
    toolName: call.function.name,
  }));
  return [...messages, answer, ...replies];
}

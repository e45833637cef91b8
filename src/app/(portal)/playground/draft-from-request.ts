import type { Outputs } from "../../client/trpc";
import { type Draft, type DraftMessage, firstDraft } from "./draft";

type Detail = Outputs["inference"]["detail"];
type Message = Detail["messages"][number];

/** The text of a message, and whether that is all of it (images and tool calls are not text). */
export function textOf(message: Message): { text: string; complete: boolean } {
  const calls = message.role === "assistant" && message.tool_calls !== undefined;
  const { content } = message;
  if (content === null || content === undefined) return { text: "", complete: !calls };
  if (typeof content === "string") return { text: content, complete: !calls };
  const texts = content.flatMap((part) => (part.type === "text" ? [part.text] : []));
  return { text: texts.join("\n"), complete: !calls && texts.length === content.length };
}

const numberText = (value: unknown) => (typeof value === "number" ? String(value) : "");

function stopText(stop: unknown): string {
  if (typeof stop === "string") return stop;
  return Array.isArray(stop) ? stop.join("\n") : "";
}

function formatOf(value: unknown): Pick<Draft, "format" | "schema"> {
  const { type, json_schema } = Object(value) as { type?: unknown; json_schema?: unknown };
  if (type === "json_object") return { format: "json_object", schema: firstDraft.schema };
  if (type === "json_schema") return { format: "json_schema", schema: JSON.stringify(json_schema, null, 2) };
  return { format: "text", schema: firstDraft.schema };
}

/** A past request as a draft. `complete` is false where the playground's form cannot hold all of it. */
export function draftFromRequest(detail: Detail): { draft: Draft; complete: boolean } {
  const { parameters } = detail;
  let complete = true;
  const read = (message: Message) => {
    const { text, complete: whole } = textOf(message);
    complete &&= whole;
    return text;
  };
  const system: string[] = [];
  const messages: DraftMessage[] = [];
  for (const message of detail.messages) {
    if (message.role === "system" || message.role === "developer") system.push(read(message));
    else if (message.role === "user" || message.role === "assistant")
      messages.push({ id: messages.length + 1, role: message.role, text: read(message) });
    else complete = false;
  }
  return {
    complete,
    draft: {
      model: detail.model,
      system: system.join("\n\n"),
      messages: messages.length > 0 ? messages : firstDraft.messages,
      maxTokens: numberText(parameters.max_tokens),
      temperature: numberText(parameters.temperature),
      topP: numberText(parameters.top_p),
      stop: stopText(parameters.stop),
      seed: numberText(parameters.seed),
      ...formatOf(parameters.response_format),
      tools: parameters.tools === undefined ? "" : JSON.stringify(parameters.tools, null, 2),
    },
  };
}

import type { Outputs } from "../../../../_client/trpc";
import { type Draft, type DraftMessage, type DraftTool, efforts, emptyDraft } from "./draft";
import { FUNCTION_CHOICE } from "./to-body";

type Detail = Outputs["inference"]["detail"];
type Message = Detail["messages"][number];

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);
const text = (value: unknown) => (typeof value === "string" ? value : "");
const numberText = (value: unknown) => (typeof value === "number" ? String(value) : "");
const indented = (value: unknown) => (value === undefined ? "" : JSON.stringify(value, null, 2));

/** A past request as a draft. `complete` is false where the playground's form cannot hold all of it. */
export function draftFromRequest(detail: Pick<Detail, "model" | "messages" | "parameters">): {
  draft: Draft;
  complete: boolean;
} {
  const { parameters } = detail;
  let complete = true;
  const system: string[] = [];
  const messages: DraftMessage[] = [];
  const names = new Map<string, string>();
  for (const message of detail.messages) {
    const { content, whole } = contentOf(message);
    complete &&= whole;
    const id = messages.length + 1;
    if (message.role === "system" || message.role === "developer") system.push(content);
    else if (message.role === "tool") {
      const toolName = names.get(message.tool_call_id);
      const call = { toolCallId: message.tool_call_id, ...(toolName === undefined ? {} : { toolName }) };
      messages.push({ id, role: "tool", text: content, ...call });
    } else {
      const calls = message.role === "assistant" ? message.tool_calls : undefined;
      for (const call of calls ?? []) names.set(call.id, call.function.name);
      const thoughts = message.role === "assistant" ? message.reasoning_content : undefined;
      messages.push({
        id,
        role: message.role,
        text: content,
        ...(thoughts && { thoughts }),
        ...(calls && { toolCalls: calls }),
      });
    }
  }
  return {
    complete,
    draft: {
      columns: [{ id: 1, model: detail.model }],
      system: system.join("\n\n"),
      messages: messages.length > 0 ? messages : emptyDraft.messages,
      maxTokens: numberText(parameters.max_tokens),
      temperature: numberText(parameters.temperature),
      topP: numberText(parameters.top_p),
      stop: Array.isArray(parameters.stop) ? parameters.stop.join("\n") : text(parameters.stop),
      seed: numberText(parameters.seed),
      ...formatOf(parameters.response_format),
      tools: toolsOf(parameters.tools),
      toolChoice: choiceOf(parameters.tool_choice),
      delivery: emptyDraft.delivery,
      effort: efforts.find((effort) => effort === parameters.reasoning_effort) ?? emptyDraft.effort,
      showThoughts: parameters.include_reasoning === true,
    },
  };
}

/** The text of a message, and whether that is all of it: images are not text. */
function contentOf({ content }: Message): { content: string; whole: boolean } {
  if (typeof content === "string") return { content, whole: true };
  const parts = content ?? [];
  const texts = parts.flatMap((part) => (part.type === "text" ? [part.text] : []));
  return { content: texts.join("\n"), whole: texts.length === parts.length };
}

type Format = Pick<Draft, "format" | "schemaName" | "schema" | "schemaStrict">;

function formatOf(value: unknown): Format {
  const { schemaName, schema, schemaStrict } = emptyDraft;
  const given = isObject(value) ? value : {};
  if (given.type === "json_object") return { format: "json_object", schemaName, schema, schemaStrict };
  if (given.type !== "json_schema" || !isObject(given.json_schema)) {
    return { format: "text", schemaName, schema, schemaStrict };
  }
  const { name, schema: own, strict } = given.json_schema;
  return {
    format: "json_schema",
    schemaName: text(name),
    schema: indented(own),
    schemaStrict: strict === true,
  };
}

function toolsOf(value: unknown): DraftTool[] {
  if (!Array.isArray(value)) return [];
  return value.filter(isObject).flatMap(({ function: tool }, index) => {
    if (!isObject(tool)) return [];
    const { name, description, parameters, strict } = tool;
    return [
      {
        id: index + 1,
        name: text(name),
        description: text(description),
        parameters: indented(parameters),
        strict: strict === true,
      },
    ];
  });
}

function choiceOf(value: unknown): string {
  if (value === "none" || value === "required") return value;
  return isObject(value) && isObject(value.function) ? FUNCTION_CHOICE + text(value.function.name) : "";
}

import { SHORT_DESCRIPTION, type Tool } from "@agathaai/core/inference";
import { present } from "../provider";
import { chatParameters } from "../wire/chat-completions";
import type { ToolNames } from "../wire/tool-names";

/** A description longer than its field may be stands in the schema, whole, and its start where it belongs. */
export function toOpenAiTool({ type, function: tool }: Tool, names: ToolNames) {
  const { description = "", strict } = tool;
  const parameters = chatParameters(tool);
  const long = description.length > SHORT_DESCRIPTION;
  const said = [description, parameters.description].filter((text) => typeof text === "string").join("\n\n");
  return {
    type,
    function: present({
      name: names.toProvider(tool.name),
      description: long ? `${start(description)}…` : tool.description,
      parameters: long ? { ...parameters, description: said } : parameters,
      strict,
    }),
  };
}

/** Cuts between characters. */
function start(description: string): string {
  return description.slice(0, SHORT_DESCRIPTION - 1).replace(/[\ud800-\udbff]$/, "");
}

import { CodeBlock } from "@/components/ui/code/code-block";
import { CopyButton } from "@/components/ui/code/copy-button";
import { Notice } from "@/components/ui/notice";
import type { Outputs } from "../../_client/trpc";
import { AnswerThoughts } from "./answer-thoughts";

type Result = Outputs["inference"]["result"];

interface AnswerTextProps {
  output: NonNullable<Result["output"]>;
  /** More of it may be coming. */
  live?: boolean;
  finishReason: Result["finish_reason"];
}

const endings: Partial<Record<NonNullable<Result["finish_reason"]>, string>> = {
  length: "The answer stopped at the token limit. Raise max_tokens to get the rest.",
  content_filter: "The provider’s content filter stopped the answer.",
};

/** The model's answer and tool calls, and a notice if it was cut short. */
export function AnswerText({ output, live = false, finishReason }: AnswerTextProps) {
  const ending = finishReason ? endings[finishReason] : undefined;
  return (
    <div className="grid gap-3">
      {output.reasoning_content && (
        <AnswerThoughts text={output.reasoning_content} live={live && !output.content} />
      )}
      {output.content && (
        <div className="group relative">
          <p className="whitespace-pre-wrap break-words pr-10 text-[15px]/6">{output.content}</p>
          <CopyButton text={output.content} label="Copy answer" className="absolute -top-1 right-0" />
        </div>
      )}
      {output.tool_calls?.map((call) => (
        <ToolCallView key={call.id} call={call} />
      ))}
      {ending && <Notice tone="attention">{ending}</Notice>}
    </div>
  );
}

interface ToolCall {
  id: string;
  function: { name: string; arguments: string };
}

/** A function call by the model, with its arguments indented if they are JSON. */
export function ToolCallView({ call: { id, function: called } }: { call: ToolCall }) {
  return (
    <div className="min-w-0">
      <p className="mb-1.5 text-muted">
        Calls <code className="text-ink">{called.name}</code>
        <code className="ml-2 break-all text-xs">{id}</code>
      </p>
      <CodeBlock code={readable(called.arguments)} label={`arguments of ${called.name}`} wrap />
    </div>
  );
}

function readable(json: string): string {
  try {
    return JSON.stringify(JSON.parse(json), null, 2);
  } catch {
    return json;
  }
}

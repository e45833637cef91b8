import { CodeBlock } from "@/components/ui/code-block";

interface ToolCall {
  id: string;
  function: { name: string; arguments: string };
}

/** A function that the model asks for, with its arguments indented where they are JSON. */
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

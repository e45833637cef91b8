import { cn } from "../../cn";
import { CopyButton } from "./copy-button";
import { ScrollingCode } from "./scrolling-code";

interface CodeBlockProps {
  code: string;
  /** Names the region for screen readers: "curl", "Answer as JSON". */
  label: string;
  wrap?: boolean;
  className?: string;
}

export function CodeBlock({ code, label, wrap = false, className }: CodeBlockProps) {
  return (
    <div className={cn("relative rounded-lg border bg-sunken", className)}>
      <ScrollingCode code={code} label={label} wrap={wrap} />
      <CopyButton
        text={code}
        label={`Copy ${label}`}
        className="absolute top-0 right-0 size-11 rounded-lg bg-sunken hover:bg-sunken"
      />
    </div>
  );
}

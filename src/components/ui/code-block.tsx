import { cn } from "../cn";
import { CopyButton } from "./copy-button";

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
      <pre
        // Long lines scroll inside the block; the keyboard needs focus to scroll them.
        // biome-ignore lint/a11y/noNoninteractiveTabindex: a scrollable region must be reachable (WCAG 2.1.1)
        tabIndex={0}
        role="region"
        aria-label={label}
        className={cn(
          "max-h-[32rem] overflow-auto rounded-lg p-4 pr-12 text-[13px] leading-5",
          wrap && "whitespace-pre-wrap break-words",
        )}
      >
        <code>{code}</code>
      </pre>
      <CopyButton text={code} label={`Copy ${label}`} className="absolute top-2 right-2 bg-sunken" />
    </div>
  );
}

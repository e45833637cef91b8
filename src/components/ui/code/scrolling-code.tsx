import { cn } from "../../cn";

/**
 * Code that scrolls inside its own box, beside the column of its copy button, which would cover it. The box takes focus, so that the
 * keyboard can scroll it (WCAG 2.1.1).
 */
export function ScrollingCode({
  code,
  label,
  wrap = false,
  className,
}: {
  code: string;
  label: string;
  wrap?: boolean;
  className?: string;
}) {
  return (
    <section
      aria-label={label}
      // biome-ignore lint/a11y/noNoninteractiveTabindex: a scrollable region must be reachable by keyboard
      tabIndex={0}
      className={cn("relative mr-11 max-h-[32rem] overflow-auto rounded-[inherit] py-4 pr-2 pl-4", className)}
    >
      <pre className={cn("text-[13px] leading-5", wrap && "whitespace-pre-wrap break-words")}>
        <code>{code}</code>
      </pre>
    </section>
  );
}

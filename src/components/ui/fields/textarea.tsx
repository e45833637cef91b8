import type { ComponentProps } from "react";
import { cn } from "../../cn";
import { controlClasses } from "./input";

/** Grows with its text where the browser can (`field-sizing`); elsewhere it scrolls and can be dragged. */
export function Textarea({ className, rows = 3, ...props }: ComponentProps<"textarea">) {
  return (
    <textarea
      rows={rows}
      className={cn(controlClasses, "field-sizing-content max-h-96 min-h-20 resize-y py-2", className)}
      {...props}
    />
  );
}

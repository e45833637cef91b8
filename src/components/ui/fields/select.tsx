import { ChevronDown } from "lucide-react";
import type { ComponentProps } from "react";
import { cn } from "../../cn";
import { controlClasses } from "./input";

/** The browser's own select: native on phones, without script. */
export function Select({ className, children, ...props }: ComponentProps<"select">) {
  return (
    <span className={cn("relative inline-flex w-full", className)}>
      <select className={cn(controlClasses, "h-10 appearance-none truncate pr-9 sm:h-9")} {...props}>
        {children}
      </select>
      <ChevronDown
        className="pointer-events-none absolute top-1/2 right-3 size-4 -translate-y-1/2 text-muted"
        aria-hidden="true"
      />
    </span>
  );
}

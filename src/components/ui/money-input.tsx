import type { ComponentProps } from "react";
import { cn } from "../cn";
import { Input } from "./input";

/** An amount in dollars, as text: it is read by `readDollars`. */
export function MoneyInput({ className, ...props }: Omit<ComponentProps<"input">, "type" | "inputMode">) {
  return (
    <span className={cn("relative block", className)}>
      <span
        className="pointer-events-none absolute inset-y-0 left-3 flex items-center text-muted"
        aria-hidden="true"
      >
        $
      </span>
      <Input {...props} inputMode="decimal" autoComplete="off" className="num pl-7" />
    </span>
  );
}

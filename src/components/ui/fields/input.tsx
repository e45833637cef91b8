import type { ComponentProps } from "react";
import { cn } from "../../cn";

/** Styles shared by all text controls. 16 px on phones, so that iOS does not zoom into the field. */
export const controlClasses =
  "w-full rounded-lg border border-edge bg-surface px-3 text-base text-ink placeholder:text-muted sm:text-sm disabled:bg-sunken disabled:text-muted aria-invalid:border-danger aria-invalid:focus-visible:outline-danger";

export function Input({ className, ...props }: ComponentProps<"input">) {
  return <input className={cn(controlClasses, "h-10 sm:h-9", className)} {...props} />;
}

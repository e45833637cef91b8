import type { ComponentProps } from "react";
import { cn } from "../cn";

export function Skeleton({ className, ...props }: ComponentProps<"div">) {
  return (
    <div
      aria-hidden="true"
      className={cn("h-4 rounded-md bg-sunken motion-safe:animate-pulse", className)}
      {...props}
    />
  );
}

/** Announces that content is loading; the skeletons in it are hidden from screen readers. */
export function Loading({ label, className, children }: { label: string } & ComponentProps<"div">) {
  return (
    <div role="status" aria-live="polite" className={className}>
      <span className="sr-only">{label}</span>
      {children}
    </div>
  );
}

import { cn } from "../cn";
import { contourPath } from "./contours";

const outer = contourPath({ cx: 16, cy: 16, radius: 14, roughness: 0.75 });
const middle = contourPath({ cx: 16.2, cy: 16.1, radius: 9.4, roughness: 0.75 });
const heart = contourPath({ cx: 16.4, cy: 16.2, radius: 4.6, roughness: 0.75 });

/** The stone: two bands around a clear heart. */
export function Mark({ className }: { className?: string }) {
  return (
    <svg viewBox="0 0 32 32" className={cn("size-7 shrink-0", className)} aria-hidden="true">
      <path d={outer} className="fill-none stroke-ink" strokeWidth="2" />
      <path d={middle} className="fill-none stroke-accent" strokeWidth="2.4" />
      <path d={heart} className="fill-accent" />
    </svg>
  );
}

export function Wordmark({ className }: { className?: string }) {
  return (
    <span className={cn("inline-flex items-center gap-2 font-semibold text-base tracking-tight", className)}>
      <Mark />
      AgathaAI
    </span>
  );
}

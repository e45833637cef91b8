import type { ReactNode } from "react";
import { cn } from "@/components/cn";

/** A component's name above its examples. */
export function Example({
  name,
  className,
  children,
}: {
  name: string;
  className?: string;
  children: ReactNode;
}) {
  return (
    <div className="grid min-w-0 gap-2">
      <h3 className="text-[13px] text-muted">{name}</h3>
      <div className={cn("flex min-w-0 flex-wrap items-center gap-3", className)}>{children}</div>
    </div>
  );
}

import { X } from "lucide-react";
import type { ReactNode } from "react";
import { cn } from "@/components/cn";

interface FilterChipProps {
  children: ReactNode;
  /** Of its button. */
  removeLabel: string;
  onRemove: () => void;
  className?: string;
}

/** An active filter, with a button that removes it. */
export function FilterChip({ children, removeLabel, onRemove, className }: FilterChipProps) {
  return (
    <span
      className={cn(
        "flex min-h-8 max-w-full items-center rounded-full bg-accent-soft pl-3 text-[13px] text-accent",
        className,
      )}
    >
      {children}
      <button
        type="button"
        aria-label={removeLabel}
        className="ml-1 flex size-8 shrink-0 items-center justify-center rounded-full hover:text-accent-strong"
        onClick={onRemove}
      >
        <X className="size-3.5" aria-hidden="true" />
      </button>
    </span>
  );
}

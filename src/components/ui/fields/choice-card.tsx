import type { ReactNode } from "react";
import { cn } from "../../cn";

interface ChoiceCardProps {
  name: string;
  title: string;
  checked: boolean;
  onChoose: () => void;
  disabled?: boolean;
  children?: ReactNode;
}

/** A radio button with a description. */
export function ChoiceCard({ name, title, checked, onChoose, disabled = false, children }: ChoiceCardProps) {
  return (
    <label
      className={cn(
        "flex cursor-pointer items-start gap-2.5 rounded-lg border border-edge bg-surface p-3 transition-colors hover:bg-sunken has-checked:border-accent has-checked:bg-accent-soft has-focus-visible:outline-2 has-focus-visible:outline-accent has-focus-visible:outline-offset-2",
        disabled && "cursor-not-allowed border-line bg-sunken text-muted",
      )}
    >
      <input
        type="radio"
        name={name}
        checked={checked}
        onChange={onChoose}
        disabled={disabled}
        className="mt-0.5 size-4 shrink-0 accent-accent outline-none"
      />
      <span>
        <span className="block font-medium">{title}</span>
        {children && <span className="block text-[13px] text-muted">{children}</span>}
      </span>
    </label>
  );
}

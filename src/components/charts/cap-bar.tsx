import { cn } from "../cn";

interface CapBarProps {
  /** Of the cap, 0 to 1 and beyond. */
  share: number;
  className?: string;
}

/** How much of a limit is gone. The figures stand beside it, so it says nothing to screen readers. */
export function CapBar({ share, className }: CapBarProps) {
  const filled = Math.min(1, Math.max(0, share));
  const tone = share >= 1 ? "fill-danger" : share >= 0.8 ? "fill-attention" : "fill-accent";
  return (
    <svg
      viewBox="0 0 100 4"
      preserveAspectRatio="none"
      aria-hidden="true"
      className={cn("block h-1 w-full overflow-hidden rounded-full", className)}
    >
      <rect width="100" height="4" className="fill-sunken" />
      {filled > 0 && <rect width={Math.max(2, filled * 100)} height="4" className={tone} />}
    </svg>
  );
}

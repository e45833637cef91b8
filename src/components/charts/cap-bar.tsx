import { cn } from "../cn";

interface CapBarProps {
  /** The used share of the cap; above 1 when passed. */
  share: number;
  className?: string;
}

/** The used share of a limit, as a bar. Hidden from screen readers: the figures are beside it. */
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

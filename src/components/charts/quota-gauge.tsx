import { contourPath } from "../brand/contours";
import { cn } from "../cn";

const SIZE = 200;
const RADIUS = 84;
const HEART = 14;
const BANDS = 10;

/** The contour at a share of the limit, from the center (0) to the rind (1). */
function contourAt(share: number): string {
  const radius = HEART + (RADIUS - HEART) * share;
  return contourPath({ cx: SIZE / 2, cy: SIZE / 2, radius, roughness: 0.8, stretch: 1.06 });
}

// A band per tenth, from the center outward; the last two are warm.
const looks = [
  "fill-accent",
  "fill-[color-mix(in_oklab,var(--accent)_72%,var(--surface))]",
  "fill-[color-mix(in_oklab,var(--accent)_46%,var(--surface))]",
  "fill-[color-mix(in_oklab,var(--accent)_82%,var(--surface))]",
  "fill-[color-mix(in_oklab,var(--accent)_58%,var(--surface))]",
  "fill-[color-mix(in_oklab,var(--accent)_32%,var(--surface))]",
  "fill-[color-mix(in_oklab,var(--accent)_68%,var(--surface))]",
  "fill-[color-mix(in_oklab,var(--accent)_42%,var(--surface))]",
  "fill-[color-mix(in_oklab,var(--chart-2)_62%,var(--surface))]",
  "fill-chart-2",
] as const;

const bands = looks.map((look, band) => ({
  look,
  share: (band + 1) / BANDS,
  d: contourAt((band + 1) / BANDS),
}));

interface QuotaGaugeProps {
  /** The used share of the limit; null if unlimited. */
  share: number | null;
  /** The projected share at the period's end, likewise. */
  projected: number | null;
  /** For screen readers. */
  label: string;
  className?: string;
}

/** Agate bands that fill from the center as tokens are used; the dashed line is the projection. */
export function QuotaGauge({ share, projected, label, className }: QuotaGaugeProps) {
  const used = share === null ? 0 : Math.min(1, Math.max(0, share));
  const full = share !== null && share >= 1;
  const ahead = share !== null && projected !== null && projected > used ? Math.min(1.06, projected) : null;
  return (
    <svg
      viewBox={`0 0 ${SIZE} ${SIZE}`}
      role="img"
      aria-label={label}
      className={cn("h-auto w-full", className)}
    >
      <path d={contourAt(1)} className="fill-sunken" />
      {[...bands].reverse().map(({ look, share: end, d }) => {
        const filled = used >= end - 1e-9;
        const filling = !filled && used > end - 1 / BANDS;
        return (
          <g key={end}>
            {filling && <path d={contourAt(used)} className={look} />}
            {filled && <path d={d} className={full && end === 1 ? "fill-danger" : look} />}
            <path
              d={d}
              strokeWidth="1"
              className={cn("fill-none", filled ? "stroke-surface" : "stroke-edge/35")}
            />
          </g>
        );
      })}
      <path d={contourAt(0)} className={share === null || used > 0 ? "fill-accent" : "fill-edge/50"} />
      {ahead !== null && (
        <path
          d={contourAt(ahead)}
          strokeWidth="2"
          strokeDasharray="3 4"
          strokeLinecap="round"
          className={cn("fill-none", ahead >= 1 ? "stroke-attention" : "stroke-accent-strong")}
        />
      )}
    </svg>
  );
}

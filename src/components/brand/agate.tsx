import { cn } from "../cn";
import { contourPath } from "./contours";

const SIZE = 640;
const OUTER = 292;

/** A slice of agate, rind to heart: width of each band, and what it is made of. */
const bands: readonly { width: number; look: string }[] = [
  { width: 7, look: "fill-ink" },
  { width: 10, look: "fill-chart-6" },
  { width: 5, look: "fill-surface" },
  { width: 22, look: "fill-[color-mix(in_oklab,var(--chart-6)_38%,var(--surface))]" },
  { width: 4, look: "fill-surface" },
  { width: 12, look: "fill-[color-mix(in_oklab,var(--chart-2)_72%,var(--surface))]" },
  { width: 6, look: "fill-[color-mix(in_oklab,var(--chart-2)_38%,var(--surface))]" },
  { width: 18, look: "fill-[color-mix(in_oklab,var(--chart-2)_16%,var(--surface))]" },
  { width: 4, look: "fill-surface" },
  { width: 9, look: "fill-[color-mix(in_oklab,var(--accent)_30%,var(--surface))]" },
  { width: 26, look: "fill-[color-mix(in_oklab,var(--accent)_52%,var(--surface))]" },
  { width: 4, look: "fill-[color-mix(in_oklab,var(--accent)_18%,var(--surface))]" },
  { width: 16, look: "fill-[color-mix(in_oklab,var(--accent)_76%,var(--surface))]" },
  { width: 30, look: "fill-accent" },
  { width: 4, look: "fill-[color-mix(in_oklab,var(--accent)_30%,var(--surface))]" },
  { width: 14, look: "fill-[color-mix(in_oklab,var(--accent)_64%,var(--surface))]" },
  { width: 10, look: "fill-[color-mix(in_oklab,var(--accent)_20%,var(--surface))]" },
  { width: 3, look: "fill-[color-mix(in_oklab,var(--chart-3)_55%,var(--surface))]" },
  { width: 16, look: "fill-[color-mix(in_oklab,var(--accent)_10%,var(--surface))]" },
  { width: 60, look: "fill-surface" },
];

const stone = bands.map(({ look }, index) => {
  const depth = bands.slice(0, index).reduce((sum, band) => sum + band.width, 0);
  const inward = depth / OUTER;
  return {
    look,
    d: contourPath({
      cx: SIZE / 2 + 26 * inward,
      cy: SIZE / 2 - 14 * inward,
      radius: OUTER - depth,
      roughness: 1 + 0.9 * inward,
      stretch: 1.04,
    }),
  };
});

/** The landing's picture: many bands, one clear stone. Decoration only. */
export function Agate({ className }: { className?: string }) {
  return (
    <svg viewBox={`0 0 ${SIZE} ${SIZE}`} className={cn("h-auto w-full", className)} aria-hidden="true">
      {stone.map(({ look, d }) => (
        <path key={d} d={d} className={look} />
      ))}
    </svg>
  );
}

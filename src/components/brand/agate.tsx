import { cn } from "../cn";
import { contourPath } from "./contours";

const SIZE = 640;
const OUTER = 292;

/** A slice of agate, rind to heart: width of each band, and what it is made of. */
const bands: readonly { width: number; look: string }[] = [
  { width: 8, look: "fill-[color-mix(in_oklab,var(--chart-6)_88%,var(--ink))]" },
  { width: 3, look: "fill-surface" },
  { width: 30, look: "fill-[color-mix(in_oklab,var(--chart-6)_34%,var(--surface))]" },
  { width: 4, look: "fill-surface" },
  { width: 11, look: "fill-[color-mix(in_oklab,var(--chart-2)_78%,var(--surface))]" },
  { width: 7, look: "fill-[color-mix(in_oklab,var(--chart-2)_40%,var(--surface))]" },
  { width: 22, look: "fill-[color-mix(in_oklab,var(--chart-2)_15%,var(--surface))]" },
  { width: 4, look: "fill-surface" },
  { width: 10, look: "fill-[color-mix(in_oklab,var(--accent)_28%,var(--surface))]" },
  { width: 28, look: "fill-[color-mix(in_oklab,var(--accent)_50%,var(--surface))]" },
  { width: 4, look: "fill-[color-mix(in_oklab,var(--accent)_16%,var(--surface))]" },
  { width: 14, look: "fill-[color-mix(in_oklab,var(--accent)_76%,var(--surface))]" },
  { width: 30, look: "fill-accent" },
  { width: 3, look: "fill-[color-mix(in_oklab,var(--accent)_26%,var(--surface))]" },
  { width: 15, look: "fill-[color-mix(in_oklab,var(--accent)_62%,var(--surface))]" },
  { width: 12, look: "fill-[color-mix(in_oklab,var(--accent)_20%,var(--surface))]" },
  { width: 3, look: "fill-[color-mix(in_oklab,var(--chart-3)_60%,var(--surface))]" },
  { width: 14, look: "fill-[color-mix(in_oklab,var(--accent)_9%,var(--surface))]" },
  { width: 70, look: "fill-surface" },
];

function contourAt(depth: number): string {
  const inward = depth / OUTER;
  return contourPath({
    cx: SIZE / 2 + 26 * inward,
    cy: SIZE / 2 - 14 * inward,
    radius: OUTER - depth,
    roughness: 1 + 0.9 * inward,
    stretch: 1.04,
  });
}

const depths = bands.map((_, index) => bands.slice(0, index).reduce((sum, band) => sum + band.width, 0));

const stone = bands.map(({ look }, index) => ({ look, d: contourAt(depths[index] ?? 0) }));

/** Growth lines: hairlines inside the wide bands, as a polished slice shows them. */
const growth = bands.flatMap(({ width }, index) => {
  const lines = Math.floor(width / 6) - 1;
  const from = depths[index] ?? 0;
  return Array.from({ length: Math.max(0, lines) }, (_, line) =>
    contourAt(from + ((line + 1) * width) / (lines + 1)),
  );
});

/** The landing's picture: many bands, one clear stone. Decoration only. */
export function Agate({ className }: { className?: string }) {
  return (
    <svg viewBox={`0 0 ${SIZE} ${SIZE}`} className={cn("h-auto w-full", className)} aria-hidden="true">
      {stone.map(({ look, d }) => (
        <path key={d} d={d} className={look} />
      ))}
      {growth.map((d) => (
        <path key={d} d={d} className="fill-none stroke-surface/45" strokeWidth="0.75" />
      ))}
    </svg>
  );
}

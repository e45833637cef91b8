import { cn } from "../cn";
import { contourPath } from "./contours";

const rings = Array.from({ length: 9 }, (_, ring) => ({
  ring,
  d: contourPath({ cx: 120, cy: 60, radius: 104 - ring * 11.5, roughness: 1.1, stretch: 1.12 }),
}));

/** Agate contours for empty states. Decoration only. */
export function Bands({ className }: { className?: string }) {
  return (
    <svg
      viewBox="0 0 240 120"
      className={cn(
        "h-28 w-60 [mask-image:linear-gradient(transparent,black_30%,black_60%,transparent)]",
        className,
      )}
      aria-hidden="true"
    >
      {rings.map(({ ring, d }) => (
        <path
          key={ring}
          d={d}
          strokeWidth={ring % 3 === 1 ? 2 : 1}
          className={
            ring === rings.length - 1
              ? "fill-accent stroke-none"
              : cn(
                  "fill-none",
                  ring === 4 ? "stroke-chart-2" : ring % 3 === 1 ? "stroke-accent" : "stroke-edge/60",
                )
          }
        />
      ))}
    </svg>
  );
}

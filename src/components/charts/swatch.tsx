import { seriesColor } from "./bars";

/** A series' color beside its name. */
export function Swatch({ place }: { place: number }) {
  return (
    <span
      className="mr-2 inline-block size-2.5 rounded-sm align-baseline"
      style={{ background: seriesColor(place) }}
      aria-hidden="true"
    />
  );
}

interface Point {
  x: number;
  y: number;
}

export interface Contour {
  cx: number;
  cy: number;
  /** Mean radius. */
  radius: number;
  /** 0 is a circle; 1 is as uneven as a stone gets. */
  roughness: number;
  /** Horizontal stretch. */
  stretch?: number;
}

// Harmonics of one particular stone: order, weight, phase. Fixed, so that every page shows the same agate.
const harmonics = [
  [2, 0.07, 0.6],
  [3, 0.055, 2.1],
  [5, 0.026, 4.4],
  [7, 0.014, 1.3],
] as const;

const STEPS = 20;

function pointAt({ cx, cy, radius, roughness, stretch = 1 }: Contour, angle: number): Point {
  const swell = harmonics.reduce(
    (sum, [order, weight, phase]) => sum + weight * Math.cos(order * angle + phase + radius / 260),
    0,
  );
  const r = radius * (1 + swell * roughness);
  return { x: cx + r * stretch * Math.cos(angle), y: cy + r * Math.sin(angle) };
}

const round = (n: number) => Math.round(n * 10) / 10;

/** A closed, smooth SVG path (Catmull-Rom through `STEPS` points, as cubic Béziers). */
export function contourPath(contour: Contour): string {
  const points = Array.from({ length: STEPS }, (_, step) => pointAt(contour, (step / STEPS) * 2 * Math.PI));
  const at = (index: number): Point => points[(index + STEPS) % STEPS] ?? { x: contour.cx, y: contour.cy };
  const start = at(0);
  const leave = { x: start.x + (at(1).x - at(-1).x) / 6, y: start.y + (at(1).y - at(-1).y) / 6 };
  const curves = points.map((from, index) => {
    const to = at(index + 1);
    const next = at(index + 2);
    const arrive = { x: to.x - (next.x - from.x) / 6, y: to.y - (next.y - from.y) / 6 };
    const end = `${round(arrive.x)} ${round(arrive.y)} ${round(to.x)} ${round(to.y)}`;
    return index === 0 ? `C${round(leave.x)} ${round(leave.y)} ${end}` : `S${end}`;
  });
  return `M${round(start.x)} ${round(start.y)}${curves.join("")}Z`;
}

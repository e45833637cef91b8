import { cn } from "../cn";

/** Oldest first; null is a gap. */
type Values = readonly (number | null)[];

interface SparkProps {
  values: Values;
  /** For screen readers. */
  label: string;
  className?: string;
}

const WIDTH = 112;
const HEIGHT = 28;
const GAP = 2;

/** Counts by day as zero-based bars; the last, still filling, is in full color. */
export function SparkBars({ values, label, className }: SparkProps) {
  const most = Math.max(1, ...values.map((value) => value ?? 0));
  const step = WIDTH / Math.max(1, values.length);
  return (
    <Frame label={label} className={className}>
      {values.map((value, index) => {
        const height = value ? Math.max(1.5, ((value ?? 0) / most) * HEIGHT) : 0.75;
        const last = index === values.length - 1;
        return (
          <rect
            // biome-ignore lint/suspicious/noArrayIndexKey: the index is the day
            key={index}
            x={index * step}
            y={HEIGHT - height}
            width={step - GAP}
            height={height}
            className={value ? (last ? "fill-accent" : "fill-accent/45") : "fill-edge/60"}
          />
        );
      })}
    </Frame>
  );
}

/** A measure by day as a zero-based line, with an optional dotted line above; days without a value are gaps. */
export function SparkLine({ values, above = [], label, className }: SparkProps & { above?: Values }) {
  const most = Math.max(1, ...[...values, ...above].filter((value) => value !== null));
  return (
    <Frame label={label} className={className}>
      <path d={`M0 ${HEIGHT - 0.5}H${WIDTH}`} className="fill-none stroke-edge/40" strokeWidth="0.75" />
      <Line values={above} most={most} className="stroke-muted" strokeDasharray="0.1 3" />
      <Line values={values} most={most} className="stroke-accent" />
    </Frame>
  );
}

function Line({
  values,
  most,
  className,
  ...stroke
}: {
  values: Values;
  most: number;
  className: string;
  strokeDasharray?: string;
}) {
  const step = WIDTH / Math.max(1, values.length - 1);
  const y = (value: number) => HEIGHT - 2 - (value / most) * (HEIGHT - 4);
  const points = values.map((value, index) => (value === null ? null : { x: index * step, y: y(value) }));
  const at = ({ x, y: height }: { x: number; y: number }) => `${x.toFixed(1)} ${height.toFixed(1)}`;
  // A day between two gaps is a line of no length; its round caps make it a dot.
  const path = points
    .map(
      (point, index) =>
        point &&
        `${points[index - 1] ? "L" : "M"}${at(point)}${points[index - 1] || points[index + 1] ? "" : "h0.01"}`,
    )
    .filter(Boolean)
    .join("");
  if (path === "") return null;
  return (
    <path
      d={path}
      className={cn("fill-none", className)}
      strokeWidth="1.5"
      strokeLinejoin="round"
      strokeLinecap="round"
      {...stroke}
    />
  );
}

function Frame({
  label,
  className,
  children,
}: {
  label: string;
  className?: string | undefined;
  children: React.ReactNode;
}) {
  return (
    <svg
      viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
      role="img"
      aria-label={label}
      preserveAspectRatio="none"
      className={cn("h-7 w-28", className)}
    >
      <title>{label}</title>
      {children}
    </svg>
  );
}

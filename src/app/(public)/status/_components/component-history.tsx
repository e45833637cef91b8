import type { ComponentView } from "@agathaai/core/status";
import { Badge, type BadgeTone } from "@/components/ui/badge";
import { formatCount } from "@/shared/format/count";
import { formatDay } from "@/shared/format/time";
import { countsUnmeasured, isComponent } from "@/shared/status-components";
import { startOfDay } from "@/shared/time";
import { BARS_WIDTH, barPaths, type DayTone, dayTone, HEIGHT } from "../_lib/day-bars";

const states: Record<ComponentView["state"], { label: string; tone: BadgeTone }> = {
  up: { label: "Working", tone: "good" },
  degraded: { label: "Slow or failing in part", tone: "attention" },
  down: { label: "Not working", tone: "danger" },
  idle: { label: "No requests to judge by", tone: "neutral" },
  unknown: { label: "Not measured", tone: "neutral" },
};

/** Each component now, its last 90 days, and its uptime with how many minutes that counts. */
export function ComponentHistory({ components }: { components: readonly ComponentView[] }) {
  return (
    <section aria-labelledby="components" className="mt-12">
      <h2 id="components" className="mb-3 font-semibold text-lg tracking-tight">
        Components, last 90 days
      </h2>
      <ul className="divide-y rounded-lg border bg-surface">
        {components.map((component) => (
          <ComponentRow key={component.id} component={component} />
        ))}
      </ul>
      <details className="mt-3 text-muted">
        <summary className="w-fit underline-offset-4 hover:underline">How we count</summary>
        <p className="mt-2">
          Once a minute we call the API and the portal through their public address, connect to the mail
          server, and read the oldest waiting request and webhook. A provider is judged by customers’ live
          requests of the last five minutes; without any, a minute isn’t counted. Uptime is the share of
          counted minutes in which a component worked, even slowly. Our measuring needs the database and a
          worker: minutes without a measurement count as down for the API and the queue, and aren’t counted
          for the rest. A day’s bar is full when it was good, shorter with minutes down or five minutes slow,
          shortest with five minutes down. Days are UTC.
        </p>
      </details>
    </section>
  );
}

const fills: Record<DayTone, string> = {
  good: "fill-good",
  attention: "fill-attention",
  danger: "fill-danger",
  none: "fill-edge",
};

function ComponentRow({ component }: { component: ComponentView }) {
  const { id, name, state, days, uptime, counted_minutes, unmeasured_minutes } = component;
  const isDown = isComponent(id) && countsUnmeasured(id);
  const tones = days.map((day) => dayTone(day, isDown ? day.unmeasured : 0));
  const troubled = days.flatMap((day, index) =>
    tones[index] === "attention" || tones[index] === "danger" ? [day] : [],
  );
  return (
    <li className="px-4 py-4">
      <div className="flex flex-wrap items-center justify-between gap-x-4 gap-y-1">
        <h3 className="font-medium">{name}</h3>
        <Badge tone={states[state].tone}>{states[state].label}</Badge>
      </div>
      <svg
        role="img"
        aria-label={`${name}: days with problems: ${troubled.length} of ${days.length}`}
        viewBox={`0 0 ${BARS_WIDTH} ${HEIGHT}`}
        preserveAspectRatio="none"
        className="mt-3 h-7 w-full"
      >
        {Object.entries(barPaths(tones)).map(([tone, path]) => (
          <path key={tone} d={path} className={fills[tone as DayTone]} />
        ))}
      </svg>
      <p className="mt-1 flex justify-between gap-4 text-[13px] text-muted tabular-nums">
        <span>90 days ago</span>
        <span className="text-center">
          {describeUptime(uptime, counted_minutes, isDown ? 0 : unmeasured_minutes)}
        </span>
        <span>Today</span>
      </p>
      {troubled.length > 0 && (
        <details className="mt-1 text-[13px] text-muted">
          <summary className="w-fit underline-offset-4 hover:underline">
            {troubled.length === 1 ? "1 day" : `${troubled.length} days`} with problems
          </summary>
          <ul className="mt-1 grid gap-0.5 tabular-nums">
            {troubled.toReversed().map(({ day, down, degraded, unmeasured }) => (
              <li key={day}>
                {formatDay(startOfDay(day))}: {describeDay(down + (isDown ? unmeasured : 0), degraded)}
              </li>
            ))}
          </ul>
        </details>
      )}
    </li>
  );
}

/** Only what there was: "3 min down, 12 min slow or failing in part". */
function describeDay(down: number, degraded: number): string {
  const parts = [
    ...(down > 0 ? [`${formatCount(down)} min down`] : []),
    ...(degraded > 0 ? [`${formatCount(degraded)} min slow or failing in part`] : []),
  ];
  return parts.join(", ");
}

function describeUptime(uptime: number | null, counted: number, unmeasured: number): string {
  if (uptime === null) return "Nothing counted yet";
  // Rounded down: 100% is said only of an uptime without a gap.
  const percent = (Math.floor(uptime * 100_000) / 1_000).toLocaleString("en-US", {
    maximumFractionDigits: 3,
  });
  const gap = unmeasured === 0 ? "" : `, ${formatCount(unmeasured)} not measured`;
  return `${percent}% uptime over ${formatCount(counted)} min${gap}`;
}

import { spec } from "../spec/spec";

export type WindowKind = keyof typeof spec.delivery.windows;

const local = new Intl.DateTimeFormat("en-US", {
  timeZone: spec.delivery.timeZone,
  weekday: "short",
  hour: "2-digit",
  hourCycle: "h23",
});

/** Whether a deployment may begin: Tuesday and Thursday from 10 to 14, maintenance Saturday from 2 to 6, in New York. */
export function inWindow(at: Date, kind: WindowKind): boolean {
  const parts = Object.fromEntries(local.formatToParts(at).map(({ type, value }) => [type, value]));
  const { days, fromHour, toHour } = spec.delivery.windows[kind];
  const hour = Number(parts["hour"]);
  return days.some((day) => day === parts["weekday"]) && hour >= fromHour && hour < toHour;
}

export interface WindowAnswer {
  may: boolean;
  because: string;
}

/** An emergency may go at any time; that it was approved, GitHub's environment has seen to. */
export function mayDeploy(at: Date, { emergency }: { emergency: boolean }): WindowAnswer {
  if (emergency) return { may: true, because: "an emergency, approved as one" };
  const open = (["standard", "maintenance"] as const).find((kind) => inWindow(at, kind));
  if (open !== undefined) return { may: true, because: `within the ${open} window` };
  const { standard, maintenance } = spec.delivery.windows;
  const say = ({ days, fromHour, toHour }: { days: readonly string[]; fromHour: number; toHour: number }) =>
    `${days.join("/")} ${fromHour}:00–${toHour}:00`;
  return {
    may: false,
    because: `outside ${say(standard)} and ${say(maintenance)} in New York: run this job again then, or deploy as an emergency`,
  };
}

import {
  type ComponentId,
  componentIds,
  componentName,
  countsUnmeasured,
} from "../../shared/status-components";
import { type Clock, DAY, type Db, MINUTE, systemClock } from "../platform";
import { isEnded, toNoticeView } from "./notices/notice-view";
import { HISTORY_MS } from "./samples/record-sample";
import type { ComponentState, ComponentView, Measurements, NoticeView, StatusDay } from "./schemas";

/** A finding older than this says nothing of now. */
const FRESH_MS = 3 * MINUTE;
const MOST_NOTICES = 100;

interface DayRow {
  component: string;
  day: Date;
  since: Date;
  up: number;
  degraded: number;
  down: number;
  idle: number;
}

/** Everything that the status page shows and the database knows. */
export async function readMeasurements(db: Db, clock: Clock = systemClock): Promise<Measurements> {
  const now = clock.now();
  const from = new Date(Math.floor((now.getTime() - HISTORY_MS) / DAY + 1) * DAY);
  const [days, latest, notices] = await Promise.all([
    db.statusDay.findMany({ where: { day: { gte: from } }, orderBy: { day: "asc" } }),
    db.statusSample.findMany({
      where: { minute: { gt: new Date(now.getTime() - FRESH_MS) } },
      orderBy: { minute: "asc" },
    }),
    db.statusNotice.findMany({
      where: { OR: [{ endsAt: null }, { endsAt: { gte: from } }] },
      orderBy: { id: "desc" },
      take: MOST_NOTICES,
      include: { updates: { orderBy: { id: "desc" } } },
    }),
  ]);
  const states = new Map<string, ComponentState>(latest.map(({ component, state }) => [component, state]));
  const views = notices.map((notice) => toNoticeView(notice, now));
  return {
    components: componentIds.map((id) =>
      componentView(
        id,
        days.filter(({ component }) => component === id),
        states.get(id),
        now,
      ),
    ),
    ...openOf(views),
    past: views
      .filter((view) => isEnded(view.state))
      .sort((one, other) => other.starts_at.localeCompare(one.starts_at)),
  };
}

type OpenNotices = Pick<Measurements, "incidents" | "maintenance">;

/** What has not ended: incidents, and maintenance announced or under way. */
export async function readOpenNotices(db: Db, clock: Clock = systemClock): Promise<OpenNotices> {
  const now = clock.now();
  const notices = await db.statusNotice.findMany({
    where: { OR: [{ endsAt: null }, { endsAt: { gt: now } }] },
    orderBy: { id: "desc" },
    take: MOST_NOTICES,
    include: { updates: { orderBy: { id: "desc" }, take: 1 } },
  });
  return openOf(notices.map((notice) => toNoticeView(notice, now)));
}

function openOf(views: readonly NoticeView[]): OpenNotices {
  const open = views.filter((view) => !isEnded(view.state));
  return {
    incidents: open.filter(({ kind }) => kind === "incident"),
    maintenance: open
      .filter(({ kind }) => kind === "maintenance")
      .sort((one, other) => one.starts_at.localeCompare(other.starts_at)),
  };
}

/**
 * Uptime is the share of counted minutes that were up or degraded. Counted are those found up, degraded or down; minutes without
 * a measurement count as down for what the measuring itself needs, and not at all for the rest.
 */
export function componentView(
  id: ComponentId,
  rows: readonly DayRow[],
  state: ComponentState | undefined,
  now: Date,
): ComponentView {
  const days = withGaps(rows, now);
  const sum = (of: (day: StatusDay) => number) => days.reduce((total, day) => total + of(day), 0);
  const working = sum(({ up, degraded }) => up + degraded);
  const unmeasured = sum((day) => day.unmeasured);
  const counted = working + sum(({ down }) => down) + (countsUnmeasured(id) ? unmeasured : 0);
  return {
    id,
    name: componentName(id),
    state: state ?? "unknown",
    uptime: counted === 0 ? null : working / counted,
    counted_minutes: counted,
    unmeasured_minutes: unmeasured,
    days,
  };
}

/** Every day from the first measured one to today, also those on which nothing was measured. */
function withGaps(rows: readonly DayRow[], now: Date): StatusDay[] {
  const [first] = rows;
  if (first === undefined) return [];
  const byDay = new Map(rows.map((row) => [row.day.getTime(), row]));
  const days: StatusDay[] = [];
  for (let at = first.day.getTime(); at <= now.getTime(); at += DAY) {
    const { up = 0, degraded = 0, down = 0, idle = 0 } = byDay.get(at) ?? {};
    const begin = at === first.day.getTime() ? first.since.getTime() : at;
    // The minute that runs is not over.
    const end = Math.min(at + DAY, Math.floor(now.getTime() / MINUTE) * MINUTE);
    const unmeasured = Math.max(0, Math.round((end - begin) / MINUTE) - (up + degraded + down + idle));
    days.push({ day: new Date(at).toISOString().slice(0, 10), up, degraded, down, idle, unmeasured });
  }
  return days;
}

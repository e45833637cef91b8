import { MINUTE, SECOND } from "@agathaai/core/platform";
import { withTimeout } from "@agathaai/core/platform/concurrency/with-timeout";
import { db } from "@agathaai/core/platform/db/client";
import { FreshCache } from "@agathaai/core/platform/fresh-cache";
import { checkReadiness, type Readiness } from "@agathaai/core/platform/observability/health";
import { log } from "@agathaai/core/platform/observability/log";
import { type Measurements, readMeasurements, readOpenNotices } from "@agathaai/core/status";
import { getProviderHealth, type ProviderHealth } from "@agathaai/core/usage";

export const overallStates = ["operational", "maintenance", "degraded", "outage", "unknown"] as const;
export type OverallState = (typeof overallStates)[number];

export interface PlatformStatus {
  overall: OverallState;
  readiness: Readiness;
  /** Null when the database cannot be asked, or is too slow to be. */
  measurements: Measurements | null;
  /** The last hour; null as above. */
  providers: ProviderHealth[] | null;
  checkedAt: Date;
}

/** Anyone may load these pages any number of times: their data is read at most once in this time. */
const MAX_AGE_MS = 10 * SECOND;
/** A page about what does not work must not wait for it. */
const READ_MS = 2 * SECOND;
const cache = new FreshCache<PlatformStatus>({ maxAgeMs: MAX_AGE_MS, maxEntries: 1 });

/** Checks of this moment, and what was measured and announced. It never throws: what cannot be read is null. */
export function getPlatformStatus(): Promise<PlatformStatus> {
  return cache.get("status", async () => {
    const [readiness, measurements, providers] = await Promise.all([
      checkReadiness(),
      readable("measurements", () => readMeasurements(db())),
      readable("provider health", () => getProviderHealth(db())),
    ]);
    const overall = overallState(readiness, measurements);
    return { overall, readiness, measurements, providers, checkedAt: new Date() };
  });
}

export function overallState(readiness: Readiness, measurements: Measurements | null): OverallState {
  if (readiness.status !== "ready") return "outage";
  if (measurements === null) return "unknown";
  const { components, incidents, maintenance } = measurements;
  const stateOf = (id: string) => components.find((component) => component.id === id)?.state;
  if (stateOf("api") === "down" || stateOf("queue") === "down") return "outage";
  const troubled =
    components.some(({ state }) => state === "down" || state === "degraded") ||
    Object.values(readiness.checks).some(({ status }) => status !== "ok");
  if (troubled || incidents.length > 0) return "degraded";
  if (stateOf("api") === "unknown") return "unknown";
  return maintenance.some(({ state }) => state === "in_progress") ? "maintenance" : "operational";
}

export interface StatusBanner {
  label: "Incident" | "Maintenance";
  title: string;
  /** How many there are beside it. */
  more: number;
}

const bannerCache = new FreshCache<Pick<Measurements, "incidents" | "maintenance">>({
  maxAgeMs: MAX_AGE_MS,
  maxEntries: 1,
  maxStaleMs: MINUTE,
});
/** Every page of the portal waits for it. */
const BANNER_MS = SECOND / 4;

/** What every page of the portal shows: the gravest open incident, else maintenance under way. */
export async function getStatusBanner(): Promise<StatusBanner | undefined> {
  try {
    const { incidents, maintenance } = await withTimeout(
      bannerCache.get("banner", () => readOpenNotices(db())),
      BANNER_MS,
    );
    const running = maintenance.filter(({ state }) => state === "in_progress");
    const [worst] = incidents.toSorted((one, other) =>
      (one.severity ?? "").localeCompare(other.severity ?? ""),
    );
    const shown = worst ?? running[0];
    if (shown === undefined) return undefined;
    return {
      label: shown.kind === "incident" ? "Incident" : "Maintenance",
      title: shown.title,
      more: incidents.length + running.length - 1,
    };
  } catch (error) {
    log().warn({ err: error }, "open incidents could not be read for the portal");
    return undefined;
  }
}

async function readable<T>(what: string, read: () => Promise<T>): Promise<T | null> {
  try {
    return await withTimeout(read(), READ_MS);
  } catch (error) {
    log().warn({ err: error, what }, "the status page shows less: something could not be read");
    return null;
  }
}

import type { Measured } from "@agathaai/core/platform/observability/instruments/named-histogram";
import type { Tally } from "@agathaai/core/platform/observability/instruments/tallied-counter";
import { httpMetrics } from "./http-metrics";

export interface CountedRequest {
  /** A pattern or a group, never the requested URL. */
  route: string;
  method: string | undefined;
  status: number;
  seconds: number;
  errorCode?: string | undefined;
  waits?: boolean;
}

const methods: ReadonlySet<string> = new Set(["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]);

/** The series of requests that are alike. */
interface Series {
  requests: Tally;
  duration: Measured;
}

const known = new Map<string, Series>();

/** Counts one finished request in the metrics. An unknown method must not create a series of its own. */
export function countRequest({
  route,
  method: given = "",
  status,
  seconds,
  errorCode,
  waits = false,
}: CountedRequest): void {
  const method = methods.has(given) ? given : "other";
  const name = `${route} ${method} ${status} ${waits}`;
  let series = known.get(name);
  if (series === undefined) {
    series = seriesOf(route, method, status, waits);
    known.set(name, series);
  }
  series.requests.add(1);
  series.duration.observe(seconds);
  if (errorCode !== undefined) httpMetrics().errors.inc({ route, method, code: errorCode });
}

function seriesOf(route: string, method: string, status: number, waits: boolean): Series {
  return {
    requests: httpMetrics().requests.tally({ route, method, status }),
    duration: httpMetrics().seconds.series({
      route,
      method,
      status_class: `${Math.trunc(status / 100)}xx`,
      wait: waits ? "yes" : "no",
    }),
  };
}

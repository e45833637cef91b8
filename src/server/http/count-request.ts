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

/** Counts one finished request in the metrics. An unknown method must not create a series of its own. */
export function countRequest({
  route,
  method = "",
  status,
  seconds,
  errorCode,
  waits,
}: CountedRequest): void {
  const { requests, errors, seconds: duration } = httpMetrics();
  const known = methods.has(method) ? method : "other";
  requests.inc({ route, method: known, status });
  duration.observe(
    { route, method: known, status_class: `${Math.trunc(status / 100)}xx`, wait: waits ? "yes" : "no" },
    seconds,
  );
  if (errorCode !== undefined) errors.inc({ route, method: known, code: errorCode });
}

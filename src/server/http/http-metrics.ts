import { singleton } from "@agathaai/core/platform/concurrency/singleton";
import { counter, histogram, talliedCounter } from "@agathaai/core/platform/observability/metrics";

/** With bounds at 200 ms and 500 ms, which the alerts compare. */
const SECONDS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.2, 0.3, 0.5, 1, 2.5, 5, 10, 30, 60];

export const httpMetrics = singleton("http metrics", () => ({
  requests: talliedCounter("agatha_http_requests_total", "Requests answered.", ["route", "method", "status"]),
  errors: counter("agatha_http_errors_total", "Refusals and failures by their code.", [
    "route",
    "method",
    "code",
  ]),
  seconds: histogram(
    "agatha_http_request_duration_seconds",
    "From the first byte of the request to the end of its answer. `wait`: the caller asked to wait for a result.",
    { labelNames: ["route", "method", "status_class", "wait"], buckets: SECONDS },
  ),
  anonymousCalls: counter(
    "agatha_anonymous_calls_total",
    "Calls without a caller that leave no row in the audit log.",
    ["route", "code"],
  ),
}));

import { counter, gauge } from "../platform/observability/metrics";
import { singleton } from "../platform/singleton";

export const limiterMetrics = singleton("limiter metrics", () => ({
  decisions: counter("agatha_limiter_decisions_total", "Decisions by the store that made them.", [
    "source",
    "outcome",
  ]),
  circuitOpen: gauge(
    "agatha_limiter_circuit_open",
    "1 while Redis has failed and PostgreSQL decides; absent where no Redis is configured.",
    [],
  ),
}));

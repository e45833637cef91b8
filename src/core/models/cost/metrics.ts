import { singleton } from "../../platform/concurrency/singleton";
import { counter } from "../../platform/observability/metrics";

export const pricingMetrics = singleton("pricing metrics", () => ({
  usageDefects: counter(
    "agatha_usage_defects_total",
    "Calls billed although their provider's own numbers were missing, or contradicted each other or what was asked for.",
    ["model", "defect"],
  ),
}));

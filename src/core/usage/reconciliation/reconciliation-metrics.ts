import { singleton } from "../../platform/concurrency/singleton";
import { gauge } from "../../platform/observability/metrics";

export const reconciliationMetrics = singleton("reconciliation metrics", () => ({
  drift: gauge(
    "agatha_usage_drift_ratio",
    "By how much the ledger's tokens of the last compared day are above the provider's, as a share of the provider's.",
    ["provider", "model", "class"],
  ),
  reconciledAt: gauge(
    "agatha_usage_reconciled_timestamp_seconds",
    "When the ledger was last compared with the provider's own usage.",
    ["provider"],
  ),
}));

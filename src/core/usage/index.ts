export { exportUsage } from "./export-usage";
export { usageLedger } from "./partitions";
export { reconcileUsage } from "./reconciliation/reconcile-usage";
export { reconciliationMetrics } from "./reconciliation/reconciliation-metrics";
export * from "./schemas";
export { countRequests } from "./statistics/count-requests";
export { getProviderHealth, type ProviderHealth } from "./statistics/get-provider-health";
export { getUsage } from "./statistics/get-usage";
export { refreshUsageStatistics } from "./statistics/refresh-usage-statistics";

export { countRequests } from "./count-requests";
export { exportUsage } from "./export/export-usage";
export * from "./schemas";
export { getProviderHealth, type ProviderHealth } from "./statistics/get-provider-health";
export { getUsage } from "./statistics/get-usage";
export { refreshUsageStatistics } from "./statistics/refresh-usage-statistics";

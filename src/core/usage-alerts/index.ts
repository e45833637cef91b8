export { notifyThresholds } from "./notify-thresholds";
export { expiredUsageAlerts, recordThresholds } from "./record-thresholds";
export * as usageAlertEmails from "./threshold-email";

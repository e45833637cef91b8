export { listNotices } from "./notices/list-notices";
export { publishNotice, updateNotice } from "./notices/publish-notice";
export { readMeasurements, readOpenNotices } from "./read-measurements";
export { expiredStatusRows, sampleStatus } from "./samples/record-sample";
export * from "./schemas";
export { sendStatusEmails } from "./subscribers/send-status-emails";
export * as statusEmails from "./subscribers/status-emails";
export { confirmSubscription, requestSubscription } from "./subscribers/subscribe";
export { eraseSubscriber, eraseSubscriptionsTo, unsubscribe } from "./subscribers/unsubscribe";

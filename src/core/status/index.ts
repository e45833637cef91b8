export { listNotices } from "./notices/list-notices";
export { isEnded } from "./notices/notice-view";
export { publishNotice, updateNotice } from "./notices/publish-notice";
export { readMeasurements, readOpenNotices } from "./read-measurements";
export { expiredStatusRows, sampleStatus } from "./samples/record-sample";
export * from "./schemas";

export { notifySubProcessorChanges } from "./notify-changes";
export * as subProcessorEmails from "./sub-processor-email";
export {
  getNotices,
  type NoticesView,
  noticesSchema,
  updateNotices,
} from "./subscriptions";

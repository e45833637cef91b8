export { downloadExport } from "./lifecycle/download-export";
export { deleteExports, expiredExportRows, expireExports, expireExportsOf } from "./lifecycle/expire-exports";
export * as exportEmails from "./lifecycle/export-email";
export { exportGauges } from "./lifecycle/export-gauges";
export { makeExports } from "./lifecycle/make-exports";
export { getExport, listExports, requestExport } from "./lifecycle/request-export";
export { sendExportLinks } from "./lifecycle/send-links";
export {
  downloadExportInputSchema,
  exportFileSchema,
  exportIdInputSchema,
  exportListViewSchema,
  exportViewSchema,
  listExportsInputSchema,
} from "./schemas";

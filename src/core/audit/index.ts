export { type AuditAction, auditActions } from "../../shared/audit-actions";
export { expireAuditArchives } from "./archives/expire-archives";
export { readAuditArchives, readPersonsArchives } from "./archives/export-archives";
export { type Moved, moveAuditWeeks } from "./archives/moving/move-weeks";
export type { RecordedCall } from "./batches/call-record";
export { type LedgerProof, proofSchema, proveLedgerRow } from "./batches/prove-ledger-row";
export { recordLedger } from "./batches/record-ledger";
export { type AuditHealth, newestHeadsAt, warnOfUnrestrictedRole } from "./heads/audit-health";
export type { HeadsDocument } from "./heads/heads-document";
export { recordPruning } from "./heads/pruning";
export { readAllHeads, type WrittenHeads } from "./heads/read-heads";
export { type WrittenHeadsReport, writeHeads } from "./heads/write-heads";
export {
  lastSequence,
  listAudit,
  listAuditAsOperator,
  listOperatorAudit,
  readEntriesAfter,
} from "./list-audit";
export { auditGauges, auditMetrics } from "./metrics";
export { auditCalls, auditLogs } from "./partitions";
export { recordAuditIn } from "./record/append-entries";
export { chainHash } from "./record/chain-hash";
export { type AuditEntry, actorOf, actorPrefixes, type TargetType, targetPrefixes } from "./record/entry";
export {
  type AuditStats,
  auditStats,
  flushAudit,
  recordAudit,
  recordCall,
  recordOperatorReads,
  writeAudit,
} from "./record/record-audit";
export { recordRead } from "./record/record-read";
export { adminReport } from "./reports/admin-report";
export { operatorDeeds, operatorSignIns } from "./reports/operator-reports";
export {
  operatorDeedsInputSchema,
  operatorDeedsSchema,
  operatorSignInsInputSchema,
  operatorSignInsSchema,
} from "./reports/operator-schemas";
export { adminReportFile, signInReportFile } from "./reports/report-files";
export {
  adminReportSchema,
  type ReportInput,
  reportFileSchema,
  reportInputSchema,
  signInReportSchema,
} from "./reports/schemas";
export { signInReport } from "./reports/sign-in-report";
export {
  listForReview,
  markHandled,
  type ReviewListInput,
  reviewListInputSchema,
} from "./review";
export * from "./schemas";
export type { ChainFault } from "./verify/chain-walk";
export { type ChainReport, listAuditChains, verifyAuditChain } from "./verify/verify-audit-chain";
export { type ExportFormat, exportAudit } from "./viewer/export-audit";
export { getAuditEntry } from "./viewer/get-entry";

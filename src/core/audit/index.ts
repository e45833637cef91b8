export { type AuditHealth, auditHealth, newestHeadsAt, warnOfFreeRole } from "./heads/audit-health";
export type { HeadsDocument } from "./heads/heads-document";
export { notePruning } from "./heads/pruning";
export { readAllHeads, type WrittenHeads } from "./heads/read-heads";
export { type WrittenHeadsReport, writeHeads } from "./heads/write-heads";
export { listAudit, listOperatorAudit, openAudit } from "./list-audit";
export { type AuditAction, auditActions } from "./record/actions";
export { type AuditEntry, actorOf, type TargetType, targetPrefixes } from "./record/entry";
export { type AuditStats, auditStats, flushAudit, recordAudit, writeAudit } from "./record/record-audit";
export { recordAuditIn } from "./record/record-audit-in";
export { writeOperatorReads } from "./record/write-operator-reads";
export * from "./schemas";
export {
  type ChainFault,
  type ChainReport,
  listAuditChains,
  verifyAuditChain,
} from "./verify/verify-audit-chain";

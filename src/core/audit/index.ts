export { type AuditAction, auditActions } from "./actions";
export { type AuditEntry, actorOf, type TargetType, targetPrefixes } from "./entry";
export { listAudit, listOperatorAudit, openAudit } from "./list-audit";
export { type AuditStats, auditStats, flushAudit, recordAudit, writeAudit } from "./record-audit";
export { recordAuditIn } from "./record-audit-in";
export * from "./schemas";
export { type ChainFault, type ChainReport, listAuditChains, verifyAuditChain } from "./verify-audit-chain";
export { writeOperatorReads } from "./write-operator-reads";

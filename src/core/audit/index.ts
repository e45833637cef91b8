export { type AuditAction, auditActions } from "./actions";
export { type AuditEntry, actorOf } from "./entry";
export { type AuditStats, auditStats, flushAudit, recordAudit, writeAudit } from "./record-audit";
export { recordAuditIn } from "./record-audit-in";

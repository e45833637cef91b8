import type { PartitionedTable } from "../platform/db/partitions";
import { recordPruning } from "./heads/pruning";

export const auditLogs: PartitionedTable = {
  table: "audit_logs",
  period: "week",
  ahead: 6,
  beforeDrop: recordPruning,
};

/** Kept as long as the entries of their batches. */
export const auditCalls: PartitionedTable = { table: "audit_calls", period: "week", ahead: 6 };

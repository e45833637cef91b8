import type { PartitionedTable } from "../platform/db/partitions";
import { recordPruning } from "./heads/pruning";

export const auditLogs: PartitionedTable = {
  table: "audit_logs",
  period: "week",
  ahead: 6,
  beforeDrop: recordPruning,
};

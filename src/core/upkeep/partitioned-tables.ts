import { auditCalls, auditLogs } from "../audit";
import { inferenceRequests } from "../inference";
import type { PartitionedTable } from "../platform/db/partitions";
import { usageLedger } from "../usage";

/** The tables whose partitions are created ahead and dropped after their retention. */
export const partitionedTables: readonly PartitionedTable[] = [
  inferenceRequests,
  usageLedger,
  auditLogs,
  auditCalls,
];

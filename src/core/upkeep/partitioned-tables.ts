import { auditLogs } from "../audit";
import { inferenceRequests } from "../inference";
import type { PartitionedTable } from "../platform/db/partitions";
import { usageLedger } from "../usage";

/** What the nouns keep in partitions: made ahead of time, and dropped when their retention is over. */
export const partitionedTables: readonly PartitionedTable[] = [inferenceRequests, usageLedger, auditLogs];

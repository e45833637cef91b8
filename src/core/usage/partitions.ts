import type { PartitionedTable } from "../platform/db/partitions";

export const usageLedger: PartitionedTable = { table: "usage_ledger", period: "month", ahead: 3 };

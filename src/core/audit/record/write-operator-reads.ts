import type { AuditAction } from "./actions";
import type { AuditEntry } from "./entry";
import { writeAudit } from "./record-audit";

interface OperatorRead {
  /** Whose data was shown; null for what belongs to no organization. */
  orgId: string | null;
  target?: AuditEntry["target"];
}

/**
 * What an operator is about to see of customers' data, in each customer's own trail, where they can read it. Awaited
 * before the answer: what could not be written down is not shown.
 */
export async function recordOperatorReads(
  { operatorId, action, traceId }: { operatorId: string; action: AuditAction; traceId?: string | undefined },
  reads: readonly OperatorRead[],
): Promise<void> {
  const actor = { type: "operator", id: operatorId } as const;
  await Promise.all(reads.map((read) => writeAudit({ ...read, actor, action, traceId })));
}

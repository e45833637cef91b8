import type { DbOrTx } from "../platform/db";
import { timeOfId } from "../platform/ids";
import { openText } from "../privacy";
import { type FinishReason, finishReasons } from "./chat";
import type { RequestKey } from "./get-inference";
import { resultPlace } from "./places";
import { isTerminal, outputSchema, type ResultView } from "./schemas";
import { requestNotFound, statusColumns, toErrorField, toHead, toUsageView } from "./views";

/**
 * The answer, once there is one: until then `output`, `usage` and `cost_micros` are null. A failed request has its
 * `error` here too. @throws AppError `not_found`, also for another organisation's request.
 */
export async function getInferenceResult(db: DbOrTx, { orgId, requestId }: RequestKey): Promise<ResultView> {
  const createdAt = timeOfId(requestId);
  const row = await db.inferenceRequest.findFirst({
    where: { id: requestId, createdAt, orgId, deletedAt: null },
    select: { ...statusColumns, resultCipher: true, finishReason: true },
  });
  if (row === null) throw requestNotFound();
  const ledger = isTerminal(row.status)
    ? await db.usageLedger.findUnique({ where: { requestId_createdAt: { requestId, createdAt } } })
    : null;
  return {
    ...toHead(row),
    output: row.resultCipher === null ? null : await openOutput(db, { orgId, requestId }, row.resultCipher),
    finish_reason: toFinishReason(row.finishReason),
    usage: ledger === null ? null : toUsageView(ledger),
    cost_micros: ledger === null ? null : Number(ledger.costMicros),
    completed_at: row.completedAt?.toISOString() ?? null,
    ...toErrorField(row),
  };
}

export async function openOutput(db: DbOrTx, { orgId, requestId }: RequestKey, cipher: Uint8Array) {
  const text = await openText(db, { type: "org", id: orgId }, resultPlace(requestId), cipher);
  return outputSchema.parse(JSON.parse(text));
}

export function toFinishReason(text: string | null): FinishReason | null {
  return finishReasons.find((reason) => reason === text) ?? null;
}

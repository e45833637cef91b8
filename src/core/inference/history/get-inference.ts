import { type Db, timeOfId } from "../../platform";
import { asOrganization } from "../../platform/db/as-organization";
import type { UsageLedger } from "../../platform/db/generated/prisma/client";
import { decryptText } from "../../privacy";
import type { ArchivedRequest } from "../archive/archived-request";
import { readArchived, statusRowOf } from "../archive/read-archived";
import { waitForEnd } from "../lifecycle/watch-requests";
import { type FinishReason, finishReasons } from "../request/chat";
import { decryptMetadataOf } from "../request/metadata";
import { type RequestKey, reachable, resultField } from "../request-row";
import { isTerminal, type Output, outputSchema, type ResultView, type StatusView } from "../schemas";
import { readStatus } from "./read-status";
import { requestNotFound, statusColumns, toError, toHead, toStatusView, toUsageView } from "./views";

/** A request's status. @throws AppError `not_found`, also for one of another organization or environment. */
export async function getInference(db: Db, key: RequestKey): Promise<StatusView> {
  const row = await readStatus(db, key);
  if (row !== undefined && !row.emptied) {
    return toStatusView({ ...row, metadata: await decryptMetadataOf(db, key, row.metadataCipher) });
  }
  const archived = await readArchived(db, key);
  if (archived !== undefined) return { ...toStatusView(statusRowOf(archived)), archived: true };
  if (row === undefined) throw requestNotFound();
  return { ...toStatusView({ ...row, metadata: {} }), content_expired: true };
}

/**
 * A request's result: until it has ended, `output`, `usage` and `cost_micros` are null. A failed request has its
 * `error` here too. @throws AppError `not_found`, also for one of another organization or environment.
 */
export async function getInferenceResult(db: Db, key: RequestKey): Promise<ResultView> {
  const { orgId, requestId } = key;
  const row = await asOrganization(db, orgId, (tx) =>
    tx.inferenceRequest.findFirst({
      where: reachable(key),
      select: { ...statusColumns, inputCipher: true, resultCipher: true, finishReason: true },
    }),
  );
  const emptied =
    row !== null && row.inputCipher === null && row.resultCipher === null && row.completedAt !== null;
  if (row === null || emptied) {
    const archived = await readArchived(db, key);
    if (archived !== undefined) return archivedResult(archived, await ledgerOf(db, key));
  }
  if (row === null) throw requestNotFound();
  const ledger = isTerminal(row.status) ? await ledgerOf(db, key) : null;
  const metadata = await decryptMetadataOf(db, { orgId, requestId }, row.metadataCipher);
  return {
    ...toHead({ ...row, metadata }),
    output:
      row.resultCipher === null ? null : await decryptOutput(db, { orgId, requestId }, row.resultCipher),
    finish_reason: toFinishReason(row.finishReason),
    usage: ledger === null ? null : toUsageView(ledger),
    cost_micros: ledger === null ? null : Number(ledger.costMicros),
    completed_at: row.completedAt?.toISOString() ?? null,
    error: toError(row),
    ...(emptied && { content_expired: true }),
  };
}

function archivedResult(request: ArchivedRequest, ledger: UsageLedger | null): ResultView {
  const row = statusRowOf(request);
  return {
    ...toHead(row),
    archived: true,
    output: request.result === null ? null : parseOutput(request.result),
    finish_reason: toFinishReason(request.finish_reason),
    usage: ledger === null ? null : toUsageView(ledger),
    cost_micros: ledger === null ? null : Number(ledger.costMicros),
    completed_at: row.completedAt?.toISOString() ?? null,
    error: toError(row),
  };
}

function ledgerOf(db: Db, { orgId, requestId }: RequestKey): Promise<UsageLedger | null> {
  return asOrganization(db, orgId, (tx) =>
    tx.usageLedger.findUnique({
      where: { requestId_createdAt: { requestId, createdAt: timeOfId(requestId) } },
    }),
  );
}

export async function decryptOutput(
  db: Db,
  { orgId, requestId }: Pick<RequestKey, "orgId" | "requestId">,
  cipher: Uint8Array,
) {
  return parseOutput(await decryptText(db, { type: "org", id: orgId }, resultField(requestId), cipher));
}

export function parseOutput(text: string): Output {
  return outputSchema.parse(JSON.parse(text));
}

export function toFinishReason(text: string | null): FinishReason | null {
  return finishReasons.find((reason) => reason === text) ?? null;
}

/**
 * As `getInferenceResult`, but waits until the request has ended or the time is up. A request out of reach is refused
 * without waiting. @throws AppError `not_found`.
 */
export async function awaitInferenceResult(
  db: Db,
  key: RequestKey,
  { seconds = 0, signal }: { seconds?: number | undefined; signal?: AbortSignal | undefined },
): Promise<ResultView> {
  const now = await getInferenceResult(db, key);
  if (seconds === 0 || isTerminal(now.status)) return now;
  await waitForEnd(db, { requestId: key.requestId, timeoutMs: seconds * 1_000, signal });
  return getInferenceResult(db, key);
}

import { z } from "zod";
import { until } from "../../../../infra/testing/until";
import { newId, timeOfId } from "../../platform";
import { db } from "../../platform/db/client";
import { proveLedgerRow, recordLedger, verifyAuditChain } from "..";

/** An ended call in the ledger, as its settlement writes it. */
export async function settle(orgId: string, count: number, costMicros = 7n): Promise<string[]> {
  const ids = Array.from({ length: count }, () => newId());
  await db().usageLedger.createMany({
    data: ids.map((requestId) => ({
      requestId,
      createdAt: timeOfId(requestId),
      orgId,
      environment: "live" as const,
      endpoint: "/v1/chat/completions",
      model: "gpt-4o",
      provider: "openai",
      upstreamModel: "gpt-4o-2024-08-06",
      status: "completed" as const,
      billable: true,
      inputTokens: 10n,
      outputTokens: 5n,
      priceVersion: "gpt-4o@2024-10-01",
      costMicros,
      latencyMs: 12,
      attempts: [{ model: "gpt-4o", provider: "openai", outcome: "ok", ms: 1.5 }],
      settledAt: new Date(),
    })),
  });
  return ids;
}

/** Until so many of an organization's rows are in batches: transactions of other databases of the server hold it up too. */
export async function record(orgId: string, count: number): Promise<void> {
  await until(async () => {
    await recordLedger(db());
    const batches = await batchesOf(orgId, "usage.recorded");
    return batches.reduce((sum, { details }) => sum + detailsSchema.parse(details).count, 0) >= count;
  }, 20_000);
}

const detailsSchema = z.object({ count: z.number() });
export const verify = (orgId: string): ReturnType<typeof verifyAuditChain> =>
  verifyAuditChain(db(), { orgId });
export const proofOf = (orgId: string, requestId: string): ReturnType<typeof proveLedgerRow> =>
  proveLedgerRow(db(), { orgId, environment: "all", requestId });
export const batchesOf = (orgId: string, action: string) =>
  db().auditLog.findMany({ where: { orgId, action }, orderBy: { sequence: "asc" } });

export async function settleAndRecord(orgId: string, count = 1, inAll = count): Promise<string[]> {
  const ids = await settle(orgId, count);
  await record(orgId, inAll);
  return ids;
}

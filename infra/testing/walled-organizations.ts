import { cancelInference, submitInference } from "../../src/core/inference";
import { createKey } from "../../src/core/keys";
import { fromPublicId, newId, reachOf } from "../../src/core/platform";
import { db, Prisma } from "../../src/core/platform/db/client";
import { makeUser, principalOf } from "./make-user";

/** Tables of which `openWalled` leaves a row. */
export const filled = [
  "memberships",
  "api_keys",
  "inference_requests",
  "usage_ledger",
  "audit_logs",
  "webhook_endpoints",
  "data_exports",
];

/** An organization with a row in each of the most sensitive tables behind the second wall. */
export async function openWalled(): Promise<string> {
  const { orgId, claims } = await makeUser({ verified: true });
  const principal = await principalOf(claims);
  await createKey(db(), { principal, input: { name: "K", environment: "live" } });
  const { accepted } = await submitInference(
    db(),
    { send: async () => undefined },
    {
      principal,
      input: { model: "gpt-4o", prompt: "Hello", max_tokens: 8 },
      traceId: "t",
    },
  );
  // Its end is in the ledger.
  await cancelInference(db(), { ...reachOf(principal), requestId: fromPublicId("inf", accepted.id) });
  const now = new Date();
  await db().webhookEndpoint.create({
    data: {
      id: newId(),
      orgId,
      url: "https://example.org/",
      events: [],
      secretCipher: new Uint8Array(1),
      createdAt: now,
      updatedAt: now,
    },
  });
  await db().dataExport.create({
    data: {
      id: newId(),
      subjectType: "org",
      subjectId: orgId,
      requestedBy: principal.userId,
      orgId,
      nextAttemptAt: now,
      createdAt: now,
    },
  });
  return orgId;
}

/** A query on a table or view, of a schema or of whichever comes first, that forgets its filter. */
export const orgsIn = (client: { $queryRaw: ReturnType<typeof db>["$queryRaw"] }, table: string) =>
  client.$queryRaw<{ org_id: string | null }[]>(
    Prisma.sql`SELECT DISTINCT org_id::text FROM ${Prisma.raw(table)} ORDER BY 1`,
  );

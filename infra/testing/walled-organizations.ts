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

/** A query that forgets its filter, on a table or view; without a schema in its name, the search path decides which. */
export const orgsIn = (client: { $queryRaw: ReturnType<typeof db>["$queryRaw"] }, table: string) =>
  client.$queryRaw<{ org_id: string | null }[]>(
    Prisma.sql`SELECT DISTINCT org_id::text FROM ${Prisma.raw(table)} ORDER BY 1`,
  );

/** Gives such an organization a row in each table that its managers change. */
export async function fillManaged(orgId: string): Promise<void> {
  const now = new Date();
  const { id: keyId } = await db().apiKey.findFirstOrThrow({ where: { orgId } });
  const { id: endpointId } = await db().webhookEndpoint.findFirstOrThrow({ where: { orgId } });
  const { userId } = await db().membership.findFirstOrThrow({ where: { orgId } });
  const bytes = () => new Uint8Array(Buffer.from(newId()));
  const made = { createdAt: now, updatedAt: now };
  const customRoleId = newId();
  await db().customRole.create({
    data: { id: customRoleId, orgId, name: "Support", base: "viewer", permissions: [], ...made },
  });
  await db().invitation.create({
    data: {
      ...{
        id: newId(),
        orgId,
        role: "viewer",
        customRoleId,
        invitedBy: userId,
        expiresAt: now,
        createdAt: now,
      },
      ...{ emailCipher: bytes(), emailIndex: bytes(), tokenHash: bytes() },
    },
  });
  await db().serviceAccount.create({ data: { id: keyId, orgId, secretHash: bytes(), updatedAt: now } });
  await db().providerKey.create({
    data: {
      ...{ id: newId(), orgId, provider: "openai", position: 1, lastFour: "1234", createdAt: now },
      keyCipher: bytes(),
    },
  });
  await db().webhookDelivery.create({
    data: {
      ...{ id: newId(), endpointId, orgId, eventId: newId(), event: "key.created", payload: {} },
      ...{ nextAttemptAt: now, createdAt: now },
    },
  });
  await db().oauthApp.create({
    data: {
      ...{ id: newId(), orgId, name: "App", homepageUrl: "https://example.org/" },
      ...{ redirectUris: [], scopes: [], deviceFlow: true, ...made },
    },
  });
  await db().responseCache.create({ data: { orgId, purges: 1, purgedAt: now } });
  await db().hipaaDecision.create({
    data: { id: newId(), orgId, userId, turnedOn: false, reasonCipher: bytes(), createdAt: now },
  });
  await db().subProcessorNotice.create({ data: { orgId, userId, createdAt: now } });
  await db().auditStream.create({
    data: {
      ...{ orgId, kind: "webhook", target: "https://example.org/", cursor: 0n, nextAttemptAt: now, ...made },
      secretCipher: bytes(),
    },
  });
}

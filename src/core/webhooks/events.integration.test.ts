import { afterAll, expect, it } from "vitest";
import { makeUser, principalOf } from "../../../infra/testing/make-user";
import { useTestStack } from "../../../infra/testing/use-test-stack";
import { announceExpiringKeys, createKey, createKeyInputSchema, revokeKey, rotateKey } from "../keys";
import { removeMember, removeMemberInputSchema } from "../members";
import { listModels } from "../models";
import { fromPublicId, newId, toPublicId, type UserPrincipal } from "../platform";
import { drainAfterResponse } from "../platform/concurrency/after-response";
import { closeDb, db } from "../platform/db/client";
import { announceRetiringModels } from "../usage";
import { notifyThresholds } from "../usage-alerts";
import { eventTypeIds } from ".";
import { create, owner } from "./testing/endpoints";

await useTestStack();
afterAll(async () => {
  await drainAfterResponse();
  await closeDb();
});

const DAY = 86_400_000;

/** An owner whose endpoints of both environments want everything. */
async function listener(): Promise<UserPrincipal> {
  const ada = await owner();
  for (const environment of ["live", "test"]) await create(ada, { environment, events: [...eventTypeIds] });
  return ada;
}

/** The organization's events, oldest first. */
async function eventsOf({ orgId }: UserPrincipal) {
  const rows = await db().webhookDelivery.findMany({
    where: { orgId },
    orderBy: { id: "asc" },
    select: { event: true, payload: true, endpoint: { select: { environment: true } } },
  });
  return rows.map(({ event, payload, endpoint }) => ({ event, payload, environment: endpoint.environment }));
}

it("a key's life: created, replaced, ending soon, revoked, in its own environment", async () => {
  const ada = await listener();
  const input = createKeyInputSchema.parse({
    name: "CI",
    environment: "test",
    expires_at: new Date(Date.now() + 3 * DAY).toISOString(),
  });
  const first = await createKey(db(), { principal: ada, input });
  const second = await rotateKey(db(), {
    principal: ada,
    input: { id: fromPublicId("key", first.id), grace: "now" },
  });
  await announceExpiringKeys(db());
  await announceExpiringKeys(db());
  await revokeKey(db(), { principal: ada, input: { id: fromPublicId("key", second.id) } });
  const events = await eventsOf(ada);
  expect(events).toMatchObject([
    { event: "key.created", environment: "test", payload: { id: first.id, replaces: null } },
    { event: "key.created", environment: "test", payload: { id: second.id, replaces: first.id } },
    { event: "key.expiring", environment: "test", payload: { id: second.id } },
    { event: "key.revoked", environment: "test", payload: { id: second.id } },
  ]);
  expect(JSON.stringify(events)).not.toMatch(/agt_|CI/);
});

it("a member who is removed, and each of their keys that ends", async () => {
  const ada = await listener();
  const { orgId } = ada;
  const member = await principalOf((await makeUser({ verified: true })).claims);
  await db().membership.create({
    data: { orgId, userId: member.userId, role: "developer", createdAt: new Date() },
  });
  const key = await createKey(db(), {
    principal: { ...member, orgId, role: "developer" },
    input: createKeyInputSchema.parse({ name: "Theirs", environment: "test" }),
  });
  const input = removeMemberInputSchema.parse({ user_id: toPublicId("usr", member.userId), keys: "end" });
  await removeMember(db(), { principal: ada, input });
  const events = (await eventsOf(ada)).slice(1);
  expect(events.toSorted((a, b) => a.event.localeCompare(b.event))).toMatchObject([
    { event: "key.revoked", environment: "test", payload: { id: key.id } },
    { event: "member.removed", environment: "live", payload: { id: toPublicId("usr", member.userId) } },
  ]);
});

it("a threshold of usage, once however often the job runs and though nobody could be emailed", async () => {
  const ada = await listener();
  const { orgId } = ada;
  const now = new Date();
  const [startsAt, endsAt] = [new Date(now.getTime() - DAY), new Date(now.getTime() + DAY)];
  await db().quotaCounter.create({
    data: { orgId, startsAt, usedTokens: 81_000n, limitTokens: 100_000n, updatedAt: now },
  });
  const alert = { subjectId: orgId, startsAt, kind: "quota", percent: 80, limit: 100_000n };
  await db().usageAlert.create({ data: { ...alert, orgId, endsAt, createdAt: now } });
  await notifyThresholds(db());
  await db().usageAlert.updateMany({ where: { orgId }, data: { emailedAt: null } });
  await notifyThresholds(db());
  expect(await eventsOf(ada)).toMatchObject([
    {
      event: "usage.threshold",
      payload: { limit: "quota", percent: 80, used: 81_000, amount: 100_000, api_key_id: null },
    },
  ]);
});

it("the end of a model, at each of its steps once, to those who used it", async () => {
  const [ada, eve] = [await listener(), await listener()];
  const model = "gpt-4o";
  const retiring = listModels().data.find(
    ({ shutdown_date }) => shutdown_date !== null && shutdown_date > "2026-12",
  );
  if (retiring?.shutdown_date == null) throw new Error(`no model ends later than ${model}`);
  const end = new Date(`${retiring.shutdown_date}T00:00:00Z`).getTime();
  const used = new Date(end - 29.5 * DAY);
  await db().$executeRaw`
    INSERT INTO usage_ledger (request_id, created_at, org_id, environment, model, provider, upstream_model, status, billable,
      input_tokens, cached_input_tokens, output_tokens, reasoning_tokens, price_version, cost_micros, reserved_tokens,
      reserved_micros, latency_ms, settled_at)
    VALUES (${newId(used)}::uuid, ${used}::timestamptz, ${ada.orgId}::uuid, 'live', ${retiring.id}, ${retiring.provider}, ${retiring.id},
      'completed', true, 1, 0, 1, 0, 'v', 1, 0, 0, 1, ${used}::timestamptz)`;
  for (const days of [40, 29, 29, 20, 6.5, 0.5, -1]) {
    const now = new Date(end - days * DAY);
    await announceRetiringModels(db(), { now: () => now });
  }
  const told = (await eventsOf(ada)).map(({ event, payload }) => [event, payload]);
  expect(told).toMatchObject([
    ["model.retiring", { model: retiring.id, days: 30 }],
    ["model.retiring", { model: retiring.id, days: 7 }],
    ["model.retiring", { model: retiring.id, days: 1 }],
  ]);
  expect(await eventsOf(eve)).toEqual([]);
});

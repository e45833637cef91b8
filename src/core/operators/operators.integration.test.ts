import { afterAll, expect, it } from "vitest";
import { makeUser } from "../../../infra/testing/make-user";
import { useTestStack } from "../../../infra/testing/use-test-stack";
import { listAudit, listAuditAsOperator, listOperatorAudit } from "../audit";
import { assertModelOn, findModel, listAvailableModels } from "../models";
import { fromPublicId, newId } from "../platform";
import { drainAfterResponse } from "../platform/concurrency/after-response";
import { closeDb, db } from "../platform/db/client";
import { queue } from "../platform/queue/queue";
import {
  appointOperator,
  findOrganizations,
  getOrganization,
  listModelSwitches,
  listOrganizations,
  overridePlan,
  readQueues,
  redrive,
  switchModel,
} from ".";

await useTestStack();
const operatorId = newId();

afterAll(async () => {
  await drainAfterResponse();
  await queue().close();
  await closeDb();
});

async function person() {
  const { email, userId, view } = await makeUser();
  return { email, userId, organization: view.organization };
}

const find = (search: string) => findOrganizations(db(), { operatorId, input: { search, limit: 100 } });
const list = (more: { cursor?: string }) =>
  listOrganizations(db(), { operatorId, input: { limit: 1, ...more } });
const operatorEntries = async () =>
  (await listOperatorAudit(db(), { operatorId, input: { limit: 100 } })).data;

it("organizations are found by id and by a member's whole address, and listed newest first in pages", async () => {
  const [first, second] = [await person(), await person()];
  expect((await find(first.organization.id)).data).toMatchObject([
    { name: first.organization.name, plan: "free", members: 1, agreed: false, requests_30_days: 0 },
  ]);
  expect((await find(` ${second.email.toUpperCase()} `.trim())).data).toMatchObject([
    { id: second.organization.id },
  ]);
  expect((await find("nobody@example.com")).data).toEqual([]);
  await expect(find("Ada")).rejects.toMatchObject({ code: "invalid_request", param: "search" });

  const page = await list({});
  expect(page.data).toMatchObject([{ id: second.organization.id }]);
  const next = await list({ cursor: page.next_cursor ?? "" });
  expect(next.data).toMatchObject([{ id: first.organization.id }]);
  await expect(list({ cursor: "x" })).rejects.toMatchObject({ code: "invalid_cursor" });
});

it("each opening of an organization is in its log, and shows no text of its requests and nobody's address", async () => {
  const { organization, email } = await person();
  const orgId = fromPublicId("org", organization.id);
  const detail = await getOrganization(db(), { orgId, operatorId });
  expect(detail).toMatchObject({
    name: organization.name,
    plan: "free",
    limits: { monthly_tokens: 100_000, requests_per_minute: 10 },
    members: [{ role: "owner", count: 1 }],
    keys: { usable: 0, total: 0 },
    override: null,
  });
  expect(JSON.stringify(detail)).not.toContain(email);
  expect(await operatorEntries()).toMatchObject([
    { action: "operator.organization_read", organization_id: organization.id, actor: { type: "operator" } },
  ]);
  await expect(getOrganization(db(), { orgId: newId(), operatorId })).rejects.toMatchObject({
    code: "not_found",
  });
});

it("whatever shows an operator a customer stands in that customer's own log, where the customer reads it", async () => {
  const { organization, email, userId } = await person();
  const orgId = fromPublicId("org", organization.id);
  const entries = async () =>
    (await listAudit(db(), { orgId, environment: "all", limit: 20, requests: false })).data
      .filter(({ actor }) => actor.type === "operator")
      .map(({ action }) => action);
  await list({});
  await find(organization.id);
  await find(email);
  expect(await entries()).toEqual(Array.from({ length: 3 }, () => "operator.organization_listed"));
  await listAuditAsOperator(db(), { operatorId, orgId, limit: 5, requests: false });
  expect((await entries())[0]).toBe("operator.audit_read");
  await overridePlan(db(), undefined, {
    operatorId: userId,
    input: {
      organization_id: orgId,
      plan: "pro",
      monthly_tokens: null,
      requests_per_minute: null,
      monthly_price_cents: null,
      reason: "Agreed by mail",
      expires_at: null,
    },
  });
  expect((await entries()).slice(0, 2)).toEqual(["operator.organization_read", "org.plan_overridden"]);
  // Another customer's page is no line of this one's log.
  const before = (await entries()).length;
  await getOrganization(db(), { orgId: fromPublicId("org", (await person()).organization.id), operatorId });
  expect(await entries()).toHaveLength(before);
});

it("an override shows with who gave it, and its predecessors below", async () => {
  const { organization, userId } = await person();
  const agree = (plan: "pro" | "enterprise") =>
    overridePlan(db(), undefined, {
      operatorId: userId,
      input: {
        organization_id: fromPublicId("org", organization.id),
        plan,
        monthly_tokens: null,
        requests_per_minute: 20_000,
        monthly_price_cents: 10_000,
        reason: "Agreed by mail",
        expires_at: null,
      },
    });
  await agree("pro");
  expect(await agree("enterprise")).toMatchObject({
    plan: "enterprise",
    limits: { monthly_tokens: null, requests_per_minute: 20_000 },
    override: { plan: "enterprise", by: "Ada", billing: "none", ended_at: null },
    past_overrides: [{ plan: "pro", ended_at: expect.any(String) }],
  });
});

it("a model that is off is refused at once here and on again, with its reason in the log, once", async () => {
  const turn = (on: boolean) =>
    switchModel(db(), { operatorId, input: { id: "gpt-4o", on, reason: "Its provider is down" } });
  const model = findModel("gpt-4o");
  await assertModelOn(db(), model);
  await turn(false);
  await turn(false);
  await expect(assertModelOn(db(), model)).rejects.toMatchObject({
    code: "model_unavailable",
    status: 503,
    param: "model",
  });
  const listed = async () =>
    (await listAvailableModels(db())).data.find(({ id }) => id === "gpt-4o") ?? { available: null };
  expect(await listed()).toMatchObject({ available: false, notice: expect.stringContaining("turned off") });
  const [shown] = (await listModelSwitches(db())).data.filter(({ id }) => id === "gpt-4o");
  expect(shown).toMatchObject({ on: false, reason: "Its provider is down" });
  await turn(true);
  await assertModelOn(db(), model);
  expect(await listed()).toMatchObject({
    available: true,
    notice: expect.not.stringContaining("turned off"),
  });
  const switched = (await operatorEntries()).filter(({ action }) => action === "operator.model_switched");
  expect(switched.map(({ details }) => details)).toEqual([
    { model: "gpt-4o", on: true, reason: "Its provider is down" },
    { model: "gpt-4o", on: false, reason: "Its provider is down" },
  ]);
  await expect(
    switchModel(db(), { operatorId, input: { id: "gpt-none", on: false, reason: "None" } }),
  ).rejects.toMatchObject({ code: "model_not_found" });
});

it("switching a successor off also stops the retired model it answers for, and not the reverse", async () => {
  const retired = findModel("gemini-pro");
  expect(retired.answeredBy).not.toBe("gemini-pro");
  const turn = (id: string, on: boolean) =>
    switchModel(db(), { operatorId, input: { id, on, reason: "A test of both" } });
  await turn(retired.answeredBy, false);
  await expect(assertModelOn(db(), retired)).rejects.toMatchObject({ code: "model_unavailable" });
  await turn(retired.answeredBy, true);
  await turn("gemini-pro", false);
  await expect(assertModelOn(db(), retired)).rejects.toMatchObject({ code: "model_unavailable" });
  await assertModelOn(db(), findModel(retired.answeredBy));
  await turn("gemini-pro", true);
});

it("a redrive is in the audit log with its outcome", async () => {
  await queue().deadLetter({ body: "not ours" }, "unreadable message");
  const counts = { returned: 0, ended: 0, unreadable: 1 };
  expect(await redrive(db(), queue(), { operatorId })).toEqual(counts);
  expect((await operatorEntries())[0]).toMatchObject({ action: "operator.queue_redriven", details: counts });
  const { dead } = await readQueues(db(), queue());
  expect(dead.ready + dead.in_flight).toBe(1);
});

it("only a registered person with a verified address becomes an operator; granting it twice changes nothing, and each grant is in the audit log", async () => {
  const { email, userId } = await person();
  const appoint = (operator: boolean) => appointOperator(db(), { email, operator });
  await expect(appoint(true)).rejects.toMatchObject({ code: "email_not_verified" });
  await db().user.update({ where: { id: userId }, data: { emailVerifiedAt: new Date() } });
  expect(await appoint(true)).toMatchObject({ changed: true });
  expect(await appoint(true)).toMatchObject({ changed: false });
  expect(await db().user.findUniqueOrThrow({ where: { id: userId } })).toMatchObject({ role: "operator" });
  expect(await appoint(false)).toMatchObject({ changed: true });
  await expect(appointOperator(db(), { email: "nobody@example.com", operator: true })).rejects.toMatchObject({
    code: "not_found",
  });
  expect((await operatorEntries()).slice(0, 2)).toMatchObject([
    { action: "operator.revoked", organization_id: null, target: { type: "user" } },
    { action: "operator.granted" },
  ]);
});

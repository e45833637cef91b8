import { afterAll, expect, test } from "vitest";
import { makeUser, principalOf, signInToPortal } from "../../../../infra/testing/make-user";
import { useTestStack } from "../../../../infra/testing/use-test-stack";
import { loadPrincipalEvenSuspended } from "../../accounts";
import { listAudit } from "../../audit";
import { createKey, createKeyInputSchema, getKey, rotateKey, verifyApiKey } from "../../keys";
import { fromPublicId, newId, type Principal, toPublicId } from "../../platform";
import { drainAfterResponse } from "../../platform/concurrency/after-response";
import { closeDb, db } from "../../platform/db/client";
import { claimDeliveries, createEndpoint, createEndpointInputSchema, emitEvents } from "../../webhooks";
import { getOrganization, listSuspensions, reinstate, suspend } from "..";

const stack = await useTestStack();
const operatorId = newId();
afterAll(async () => {
  await drainAfterResponse();
  await closeDb();
});

const stop = (subject: string, reason = "Automated sign-ups.") =>
  suspend(db(), { operatorId, input: { subject, reason } });
const restore = (subject: string) => reinstate(db(), { operatorId, input: { subject, reason: "Reviewed" } });
const newKey = (principal: Principal) =>
  createKey(db(), { principal, input: createKeyInputSchema.parse({ name: "CI", environment: "live" }) });
const mailsTo = async (email: string) => {
  await drainAfterResponse();
  return stack.mailbox.messagesTo(email).map(({ subject, text }) => `${subject}\n${text}`);
};

test("text that names nothing is refused with its field, and an operator’s account cannot be suspended", async () => {
  const { email, userId } = await makeUser({ verified: true });
  for (const [subject, code] of [
    ["Ada", "invalid_request"],
    ["org_nonsense", "invalid_id"],
    [toPublicId("usr", newId()), "not_found"],
    [toPublicId("key", newId()), "not_found"],
    [toPublicId("org", newId()), "not_found"],
    ["nobody@example.com", "not_found"],
  ] as const) {
    await expect(stop(subject), subject).rejects.toMatchObject({ code, param: "subject" });
  }
  await db().user.update({ where: { id: userId }, data: { role: "operator" } });
  await expect(stop(email)).rejects.toMatchObject({ code: "conflict" });
});

test("an account is suspended once, by email or ID; its owner and the owners of organizations whose keys stop are emailed, and only the first is told why", async () => {
  const [host, guest] = [await makeUser({ verified: true }), await makeUser({ verified: true })];
  await db().membership.create({
    data: { orgId: host.orgId, userId: guest.userId, role: "developer", createdAt: new Date() },
  });
  await newKey(await principalOf({ ...guest.claims, orgId: host.orgId }));

  await stop(guest.email.toUpperCase());
  await expect(stop(toPublicId("usr", guest.userId))).rejects.toMatchObject({ code: "conflict" });
  const [own] = await mailsTo(guest.email);
  expect(own).toContain("Your account was suspended");
  expect(own).toContain("Automated sign-ups.");
  expect(own).toContain("support@agathaai.com");
  const [owners] = await mailsTo(host.email);
  expect(owners).toContain("API keys of a suspended member stopped");
  expect(owners).not.toContain("Automated sign-ups");
  expect((await listSuspensions(db(), { limit: 10 })).data[0]).toMatchObject({
    of: "account",
    id: toPublicId("usr", guest.userId),
    reason: "Automated sign-ups.",
  });

  await restore(guest.email);
  await expect(restore(guest.email)).rejects.toMatchObject({ code: "conflict" });
  expect((await mailsTo(guest.email))[0]).toContain("Your account was reinstated");
  expect((await listSuspensions(db(), { limit: 10 })).data).toEqual([]);
});

test("a suspended person signs in to the portal only to be told why", async () => {
  const user = await makeUser({ verified: true });
  await stop(user.email);
  const claims = await signInToPortal(user);
  await expect(principalOf(claims)).rejects.toMatchObject({
    code: "suspended",
    public:
      "Your account is suspended. Reason: Automated sign-ups. To have this reviewed, email support@agathaai.com.",
  });
  expect(await loadPrincipalEvenSuspended(db(), claims)).toMatchObject({
    suspension: { of: "account", reason: "Automated sign-ups." },
  });
});

test("an organization’s suspension is in its own audit log, on its page for operators, and its webhooks wait for the end of it", async () => {
  const user = await makeUser({ verified: true });
  const { orgId } = user;
  const principal = await principalOf(user.claims);
  const input = createEndpointInputSchema.parse({
    url: "https://example.org/hooks",
    events: ["key.created"],
  });
  await createEndpoint(db(), { principal, input });
  await emitEvents(db(), [{ orgId, type: "key.created", data: { id: "key_x" } }]);

  await stop(toPublicId("org", orgId));
  const own = async () => (await claimDeliveries(db(), { limit: 100 })).filter((one) => one.orgId === orgId);
  expect(await own()).toEqual([]);
  expect(await getOrganization(db(), { orgId, operatorId })).toMatchObject({
    suspension: { reason: "Automated sign-ups." },
  });
  await restore(toPublicId("org", orgId));
  // With every member suspended nobody is left whom it could serve.
  await stop(user.email);
  expect(await own()).toEqual([]);
  await restore(user.email);
  expect(await own()).toHaveLength(1);

  const { data } = await listAudit(db(), { orgId, environment: "all", limit: 20, requests: false });
  const deeds = data.filter(({ action }) => /suspended|reinstated/.test(action));
  expect(deeds).toMatchObject([
    { action: "operator.reinstated", actor: { type: "operator" } },
    { action: "operator.suspended", details: { reason: "Automated sign-ups." } },
  ]);
  expect((await mailsTo(user.email)).join()).toContain("Your organization was suspended");
});

test("a suspended key shows its reason, cannot be rotated away from it, and works again with the same secret", async () => {
  const { claims, email } = await makeUser({ verified: true });
  const principal = await principalOf(claims);
  const { id, secret } = await newKey(principal);
  const keyId = { id: fromPublicId("key", id) };
  await stop(id);
  await expect(verifyApiKey(db(), secret, { ip: null })).rejects.toMatchObject({ code: "suspended" });
  expect(await getKey(db(), { principal, input: keyId })).toMatchObject({
    status: "suspended",
    suspension_reason: "Automated sign-ups.",
  });
  const rotating = rotateKey(db(), { principal, input: { ...keyId, grace: "now" } });
  await expect(rotating).rejects.toMatchObject({ code: "suspended" });
  expect((await mailsTo(email))[0]).toContain("An API key was suspended");
  await restore(id);
  expect(await verifyApiKey(db(), secret, { ip: null })).toMatchObject({ kind: "key" });
});

import { afterAll, describe, expect, it } from "vitest";
import { useTestStack } from "../../../infra/testing/use-test-stack";
import { flushAudit, listAudit } from "../audit";
import { createKey, createKeyInputSchema } from "../keys";
import type { KeyPrincipal, UserPrincipal } from "../platform";
import { closeDb, db } from "../platform/db/client";
import {
  createEndpointInputSchema,
  deleteEndpoint,
  getDelivery,
  getEndpoint,
  listEndpoints,
  listEndpointsInputSchema,
  MAX_ENDPOINTS,
  redeliver,
  rotateSecret,
  sendTestEvent,
  updateEndpoint,
} from ".";
import { claimFor, create, idOf, owner } from "./testing/endpoints";

await useTestStack();
afterAll(async () => {
  await flushAudit();
  await closeDb();
});

const all = listEndpointsInputSchema.parse({});
const makeKey = (principal: UserPrincipal) =>
  createKey(db(), { principal, input: createKeyInputSchema.parse({ name: "CI", environment: "test" }) });
const keyOf = ({ orgId, plan, requestsPerMinute, scopes, userId }: UserPrincipal): KeyPrincipal => ({
  ...{ kind: "key", orgId, plan, requestsPerMinute, scopes, userId, environment: "test" },
  ...{ apiKeyId: userId, spendId: userId, models: [], rpmLimit: null },
});

describe("a webhook endpoint", () => {
  it("shows its secret once, and stores it encrypted", async () => {
    const ada = await owner();
    const created = await create(ada);
    expect(created.secret).toMatch(/^whsec_[A-Za-z0-9+/]{43}=$/);
    expect(await getEndpoint(db(), { principal: ada, id: idOf(created) })).not.toHaveProperty("secret");
    const row = await db().webhookEndpoint.findUniqueOrThrow({ where: { id: idOf(created) } });
    expect(Buffer.from(row.secretCipher).includes(Buffer.from(created.secret.slice(6)))).toBe(false);
  });

  it.each([
    ["http://example.org/", "must start with https://"],
    ["https://user:pass@example.org/", "must not contain a user name"],
    ["https://example.org/#part", "must not contain a fragment"],
    ["https://localhost/", "must be a public address"],
    ["https://intranet/", "must be a public address"],
    ["https://metadata.google.internal/", "must be a public address"],
    ["https://127.0.0.1/", "must be a public address"],
    ["https://2130706433/", "must be a public address"],
    ["https://0x7f.1/", "must be a public address"],
    ["https://[::1]/", "must be a public address"],
    ["https://[::ffff:10.0.0.1]/", "must be a public address"],
    ["https://169.254.169.254./latest/", "must be a public address"],
    ["nonsense", "must be a URL"],
  ])("is refused at %s", (url, message) => {
    const parsed = createEndpointInputSchema.safeParse({ url, events: ["key.created"] });
    expect(parsed.error?.issues[0]?.message).toContain(message);
  });

  it("is one of ten at most, however many come at once", async () => {
    const ada = await owner();
    const made = await Promise.allSettled(Array.from({ length: MAX_ENDPOINTS + 3 }, () => create(ada)));
    expect(made.filter(({ status }) => status === "fulfilled")).toHaveLength(MAX_ENDPOINTS);
  });

  it("is not found by another organization, nor by a key of the other environment", async () => {
    const [ada, eve] = [await owner(), await owner()];
    const id = idOf(await create(ada));
    const delivery = await sendTestEvent(db(), { principal: ada, id });
    const deliveryId = (await db().webhookDelivery.findFirstOrThrow({ where: { endpointId: id } })).id;
    const notFound = { code: "not_found", status: 404 };
    for (const principal of [eve, keyOf(ada)]) {
      await expect(getEndpoint(db(), { principal, id })).rejects.toMatchObject(notFound);
      await expect(updateEndpoint(db(), { principal, input: { id, enabled: false } })).rejects.toMatchObject(
        notFound,
      );
      await expect(rotateSecret(db(), { principal, id })).rejects.toMatchObject(notFound);
      await expect(deleteEndpoint(db(), { principal, id })).rejects.toMatchObject(notFound);
      await expect(sendTestEvent(db(), { principal, id })).rejects.toMatchObject(notFound);
      await expect(getDelivery(db(), { principal, id: deliveryId })).rejects.toMatchObject(notFound);
      await expect(redeliver(db(), { principal, id: deliveryId })).rejects.toMatchObject(notFound);
      expect((await listEndpoints(db(), { principal, input: all })).data).toEqual([]);
    }
    expect(delivery.status).toBe("pending");
  });

  it("is changed by whom the database still allows, not by a role of five seconds ago", async () => {
    const ada = await owner();
    const { orgId, userId } = ada;
    await db().membership.update({ where: { orgId_userId: { orgId, userId } }, data: { role: "viewer" } });
    await expect(create(ada)).rejects.toMatchObject({ code: "insufficient_role" });
  });

  it("that a key makes belongs to the key's environment", async () => {
    const ada = await owner();
    const made = await create(keyOf(ada));
    expect(made.environment).toBe("test");
    await expect(create(keyOf(ada), { environment: "live" })).rejects.toMatchObject({ param: "environment" });
  });

  it("signs with both secrets for a day after a rotation, and with the new one alone afterwards", async () => {
    const ada = await owner();
    const first = await create(ada, { environment: "test" });
    const second = await rotateSecret(db(), { principal: ada, id: idOf(first) });
    await makeKey(ada);
    const [now] = await claimFor(ada);
    expect(now?.secrets).toEqual([second.secret, first.secret]);
    const tomorrow = new Date(Date.now() + 25 * 3_600_000);
    const [later] = await claimFor(ada, tomorrow);
    expect(later?.secrets).toEqual([second.secret]);
  });

  it("that is disabled gets nothing, ends what was pending, and starts anew when enabled", async () => {
    const ada = await owner();
    const endpoint = await create(ada, { environment: "test" });
    const id = idOf(endpoint);
    await makeKey(ada);
    const disabled = await updateEndpoint(db(), { principal: ada, input: { id, enabled: false } });
    expect(disabled).toMatchObject({ status: "disabled", disabled_because: "customer" });
    await makeKey(ada);
    expect(await claimFor(ada)).toEqual([]);
    await expect(sendTestEvent(db(), { principal: ada, id })).rejects.toMatchObject({ code: "conflict" });
    expect(await updateEndpoint(db(), { principal: ada, input: { id, enabled: true } })).toMatchObject({
      status: "enabled",
      disabled_because: null,
    });
    await makeKey(ada);
    expect(await claimFor(ada)).toHaveLength(1);
  });

  it("leaves its story in the audit log, without its secret and its path", async () => {
    const ada = await owner();
    const made = await create(ada, { url: "https://example.org/token-in-the-path" });
    const id = idOf(made);
    await updateEndpoint(db(), { principal: ada, input: { id, description: "Orders" } });
    const rotated = await rotateSecret(db(), { principal: ada, id });
    await deleteEndpoint(db(), { principal: ada, id });
    const { data } = await listAudit(db(), {
      orgId: ada.orgId,
      environment: "all",
      limit: 50,
      requests: false,
    });
    const told = data.filter(({ action }) => action.startsWith("webhook."));
    expect(told.map(({ action }) => action)).toEqual([
      "webhook.deleted",
      "webhook.secret_rotated",
      "webhook.updated",
      "webhook.created",
    ]);
    for (const secret of [made.secret, rotated.secret, "token-in-the-path"]) {
      expect(JSON.stringify(told)).not.toContain(secret);
    }
  });
});

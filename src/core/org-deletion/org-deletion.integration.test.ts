import { randomUUID } from "node:crypto";
import { afterAll, describe, expect, it, vi } from "vitest";
import { after } from "../../../infra/testing/clock";
import { makeUser, principalOf, signInToPortal } from "../../../infra/testing/make-user";
import { payOn } from "../../../infra/testing/stripe/hosted-pages";
import { useStripeStack } from "../../../infra/testing/stripe/use-stripe-stack";
import { loadUserPrincipal, type SessionClaims } from "../accounts";
import { flushAudit, verifyAuditChain } from "../audit";
import {
  endSubscriptionsOfDeleted,
  processStripeEvent,
  setOverage,
  setPlanOverride,
  startCheckout,
  syncOverrideBilling,
} from "../billing";
import { createKey, createKeyInputSchema, flushLastUsed, verifyApiKey } from "../keys";
import {
  createOrganization,
  getInvitation,
  inviteMember,
  listOrganizations,
  switchOrganization,
} from "../members";
import { orgNameField, orgSubject } from "../orgs";
import { DAY, newId, type OrgRole, SECOND, toPublicId, type UserPrincipal } from "../platform";
import { drainAfterResponse } from "../platform/concurrency/after-response";
import { db } from "../platform/db/client";
import { decryptText } from "../privacy";
import { deleteOrganization, eraseDeletedOrganizations } from ".";

const { standIn, stack, stripe } = await useStripeStack({ STRIPE_WEBHOOK_SECRET: "whsec_test" });
afterAll(async () => {
  await flushLastUsed(db());
  await flushAudit();
});

const name = "Agate Works";

interface Someone {
  email: string;
  claims: SessionClaims;
}

async function someone(): Promise<Someone> {
  const user = await makeUser({ verified: true });
  return { email: user.email, claims: await signInToPortal(user) };
}

const now = ({ claims }: Someone) => principalOf(claims);

/** An organization with an owner who works in it. */
async function founded(): Promise<{ ada: Someone; owner: UserPrincipal }> {
  const ada = await someone();
  await createOrganization(db(), { principal: await now(ada), name });
  return { ada, owner: await now(ada) };
}

async function join(orgId: string, role: OrgRole): Promise<Someone> {
  const member = await someone();
  const { userId } = member.claims;
  await db().membership.create({ data: { orgId, userId, role, createdAt: new Date() } });
  await switchOrganization(db(), { principal: await now(member), orgId });
  return member;
}

const remove = (principal: UserPrincipal, organization_name = name) =>
  deleteOrganization(db(), { principal, input: { organization_name, erase_now: false } });
const code = (promise: Promise<unknown>) =>
  promise.then(
    () => "ok",
    (error: { code?: string }) => error.code ?? String(error),
  );

describe("deleting an organization", () => {
  it("ends keys, invitations and access at once; everybody is home, nobody signed out, owners told", async () => {
    const { ada, owner } = await founded();
    const bob = await join(owner.orgId, "developer");
    const key = await createKey(db(), {
      principal: owner,
      input: createKeyInputSchema.parse({ name: "CI", environment: "live" }),
    });
    expect(await verifyApiKey(db(), key.secret, { ip: null })).toMatchObject({ orgId: owner.orgId });
    const guest = `guest.${randomUUID()}@example.com`;
    await inviteMember(db(), { principal: owner, input: { email: guest, role: "viewer" } });
    await drainAfterResponse();
    const token = /token=([\w-]+)/.exec(stack.mailbox.messagesTo(guest)[0]?.text ?? "")?.[1] ?? "";
    expect(await code(getInvitation(db(), { token }))).toBe("ok");

    expect(await remove(owner)).toMatchObject({
      id: toPublicId("org", owner.orgId),
      object: "organization",
      deleted: true,
    });

    expect(await code(verifyApiKey(db(), key.secret, { ip: null }))).toBe("invalid_api_key");
    expect(await code(getInvitation(db(), { token }))).toBe("invalid_token");
    for (const person of [ada, bob]) {
      const home = await now(person);
      expect(home.orgId).not.toBe(owner.orgId);
      expect((await listOrganizations(db(), home)).data.map((org) => org.name)).not.toContain(name);
      expect(await code(switchOrganization(db(), { principal: home, orgId: owner.orgId }))).toBe("not_found");
      expect(await loadUserPrincipal(db(), { ...person.claims, orgId: owner.orgId })).toBeNull();
    }
    expect(await code(remove(owner)), "a second time").toBe("insufficient_role");
    const late = createKeyInputSchema.parse({ name: "Late", environment: "test" });
    expect(await code(createKey(db(), { principal: owner, input: late })), "by a stale session").toBe(
      "conflict",
    );
    await drainAfterResponse();
    const told = (who: Someone) =>
      stack.mailbox.messagesTo(who.email).filter(({ subject }) => subject.includes("was deleted"));
    expect(told(ada)).toHaveLength(1);
    expect(told(ada)[0]?.text).toContain(name);
    expect(told(bob)).toHaveLength(0);
    const [entry] = await db().auditLog.findMany({ where: { orgId: owner.orgId, action: "org.deleted" } });
    expect(entry?.details).toMatchObject({ members: 2, keys_revoked: 1, subscriptions_ended: 0 });
  });

  it("is for owners alone, with the name typed, and never for a personal one", async () => {
    const { ada, owner } = await founded();
    const admin = await join(owner.orgId, "admin");
    expect(await code(remove(await now(admin)))).toBe("insufficient_role");
    expect(await code(remove(owner, "agate works"))).toBe("invalid_request");
    const home = (await listOrganizations(db(), owner)).data.find(({ personal }) => personal);
    const membership = await db().membership.findFirstOrThrow({
      where: { userId: ada.claims.userId, organization: { personal: true } },
    });
    await switchOrganization(db(), { principal: owner, orgId: membership.orgId });
    expect(await code(remove(await now(ada), home?.name))).toBe("conflict");
    expect(await db().organization.count({ where: { id: owner.orgId, deletedAt: null } })).toBe(1);
  });

  it("ends the subscription at Stripe at once, and what Stripe still sends does no harm", async () => {
    const { owner } = await founded();
    const { url } = await startCheckout(db(), stripe, { principal: owner, plan: "pro" });
    await payOn(url);
    for await (const event of stripe.events.list({ limit: 100 }))
      await processStripeEvent(db(), stripe, event);
    const bought = await db().subscription.findUniqueOrThrow({ where: { orgId: owner.orgId } });
    expect(bought.plan).toBe("pro");

    expect(await code(remove(owner))).toBe("ok");

    const customer = bought.stripeCustomerId ?? "";
    const { data } = await stripe.subscriptions.list({ customer, status: "all" });
    expect(data.map(({ status }) => status)).toEqual(["canceled"]);
    for await (const event of stripe.events.list({ limit: 100 }))
      await processStripeEvent(db(), stripe, event);
    expect(await db().subscription.findUniqueOrThrow({ where: { orgId: owner.orgId } })).toMatchObject({
      plan: "free",
    });
    expect(await db().organization.findUniqueOrThrow({ where: { id: owner.orgId } })).not.toMatchObject({
      deletedAt: null,
    });
  });

  it("puts overage that was not yet reported to Stripe on the last invoice", async () => {
    const { owner } = await founded();
    const { orgId } = owner;
    const { url } = await startCheckout(db(), stripe, { principal: owner, plan: "pro" });
    await payOn(url);
    for await (const event of stripe.events.list({ limit: 100 }))
      await processStripeEvent(db(), stripe, event);
    await setOverage(db(), stripe, { principal: owner, on: true });
    await db().overageReport.create({
      data: { requestId: newId(), orgId, micros: 2_500_000n, usedAt: new Date() },
    });

    expect(await code(remove(owner))).toBe("ok");

    const { stripeCustomerId } = await db().subscription.findUniqueOrThrow({ where: { orgId } });
    const { data } = await stripe.invoices.list({ customer: stripeCustomerId ?? "" });
    expect(data.map(({ total }) => total)).toEqual([250, 2_900]);
  });

  it("ends what was agreed on with it, and nobody is billed for that again", async () => {
    const { owner } = await founded();
    const { orgId } = owner;
    await setPlanOverride(db(), {
      orgId,
      operatorId: newId(),
      override: {
        plan: "enterprise",
        monthlyTokens: null,
        requestsPerMinute: null,
        priceCents: 150_000,
        reason: "Agreed by mail",
        expiresAt: null,
      },
    });
    await syncOverrideBilling(db(), stripe, { orgId });
    const { stripeCustomerId } = await db().subscription.findUniqueOrThrow({ where: { orgId } });
    const statuses = async () =>
      (await stripe.subscriptions.list({ customer: stripeCustomerId ?? "", status: "all" })).data.map(
        ({ status }) => status,
      );
    expect(await statuses()).toEqual(["active"]);

    expect(await code(remove(owner))).toBe("ok");

    expect(await statuses()).toEqual(["canceled"]);
    await syncOverrideBilling(db(), stripe);
    expect(await statuses()).toEqual(["canceled"]);
    const [override] = await db().planOverride.findMany({ where: { orgId } });
    expect(override).toMatchObject({ endedAt: expect.any(Date), stripeEndedAt: expect.any(Date) });
    const [ended] = await db().auditLog.findMany({ where: { orgId, action: "org.plan_override_ended" } });
    expect(ended?.details).toMatchObject({ because: "organization_deleted" });
  });

  it("a subscription that begins after it is ended by the job, at once", async () => {
    const { owner } = await founded();
    const { url } = await startCheckout(db(), stripe, { principal: owner, plan: "pro" });
    const { stripeCustomerId } = await db().subscription.findUniqueOrThrow({ where: { orgId: owner.orgId } });
    await payOn(url);
    await db().organization.update({ where: { id: owner.orgId }, data: { deletedAt: new Date() } });
    for await (const event of stripe.events.list({ limit: 100 }))
      await processStripeEvent(db(), stripe, event);
    expect(await endSubscriptionsOfDeleted(db(), stripe)).toBe(1);
    const { data } = await stripe.subscriptions.list({ customer: stripeCustomerId ?? "", status: "all" });
    expect(data.map(({ status }) => status)).toEqual(["canceled"]);
    expect(await endSubscriptionsOfDeleted(db(), stripe)).toBe(0);
  });

  it("does nothing at all while Stripe does not answer", { timeout: 90_000 }, async () => {
    const { owner } = await founded();
    await startCheckout(db(), stripe, { principal: owner, plan: "pro" });
    const key = await createKey(db(), {
      principal: owner,
      input: createKeyInputSchema.parse({ name: "CI", environment: "live" }),
    });
    const customer = (await db().subscription.findUniqueOrThrow({ where: { orgId: owner.orgId } }))
      .stripeCustomerId;
    const outage = vi.spyOn(standIn.world, "find").mockImplementation(() => {
      throw new Error("out of order");
    });
    expect(await code(remove(owner))).not.toBe("ok");
    expect(await verifyApiKey(db(), key.secret, { ip: null })).toMatchObject({ orgId: owner.orgId });
    expect(await db().organization.count({ where: { id: owner.orgId, deletedAt: null } })).toBe(1);
    outage.mockRestore();
    expect(await code(remove(owner))).toBe("ok");
    const { data } = await stripe.checkout.sessions.list({ customer: customer ?? "" });
    expect(data.map(({ status }) => status)).toEqual(["expired"]);
  });
});

describe("thirty days after", () => {
  it("the data key is destroyed, once, and the log says so and stays whole", async () => {
    const { owner } = await founded();
    const { orgId } = owner;
    const { nameCipher } = await db().organization.findUniqueOrThrow({ where: { id: orgId } });
    const read = () => decryptText(db(), orgSubject(orgId), orgNameField(orgId), nameCipher);
    await createKey(db(), {
      principal: owner,
      input: createKeyInputSchema.parse({ name: "Night shift", environment: "test" }),
    });
    await remove(owner);

    await eraseDeletedOrganizations(db(), { clock: after(30 * DAY - 60 * SECOND) });
    expect(await read()).toBe(name);
    expect(await eraseDeletedOrganizations(db(), { clock: after(30 * DAY + SECOND) })).toBeGreaterThan(0);
    expect(await code(read())).toBe("not_found");
    expect(await eraseDeletedOrganizations(db(), { clock: after(31 * DAY) })).toBe(0);

    const keys = await db().apiKey.findMany({ where: { orgId }, select: { name: true } });
    expect(keys).toEqual([{ name: "" }]);
    const entries = await db().auditLog.findMany({
      where: { orgId, action: { in: ["org.deleted", "org.erased"] } },
      orderBy: { sequence: "asc" },
    });
    expect(entries.map(({ action, actorType }) => [action, actorType])).toEqual([
      ["org.deleted", "user"],
      ["org.erased", "system"],
    ]);
    expect((await verifyAuditChain(db(), { orgId })).fault).toBeUndefined();
  });

  it("an organization that was not deleted is left alone", async () => {
    const { owner } = await founded();
    await eraseDeletedOrganizations(db(), { clock: after(60 * DAY) });
    expect((await listOrganizations(db(), owner)).data.map((org) => org.name)).toContain(name);
  });
});

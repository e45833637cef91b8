import { afterAll, beforeEach, describe, expect, it } from "vitest";
import { startNameServer } from "../../../../infra/stand-ins/dns/name-server";
import { makeUser, principalOf } from "../../../../infra/testing/make-user";
import { useTestStack } from "../../../../infra/testing/use-test-stack";
import { type Clock, DAY, fromPublicId, HOUR, newId, type UserPrincipal } from "../../platform";
import { drainAfterResponse } from "../../platform/concurrency/after-response";
import { closeDb, db } from "../../platform/db/client";
import {
  addDomain,
  checkDomain,
  type DomainView,
  listDomains,
  notifyMissingDomains,
  recheckDomains,
  removeDomain,
} from "..";
import { makeCompany, newDomain } from "../testing/companies";
import { domainSchema } from "./domain-name";

const dns = await startNameServer();
const stack = await useTestStack({ AGATHA_DNS_SERVERS: dns.address });
beforeEach(() => dns.behave("answers"));
afterAll(async () => {
  await drainAfterResponse();
  await closeDb();
  await dns.stop();
});

const add = (principal: UserPrincipal, domain = newDomain()) =>
  addDomain(db(), { principal, input: { domain } });
const check = (principal: UserPrincipal, { id }: DomainView, clock?: Clock) =>
  checkDomain(db(), { principal, id: fromPublicId("dom", id) }, clock);
const publish = ({ record }: DomainView, more: string[] = []) =>
  dns.publish(record.name, [...more, record.value]);
const withdraw = ({ record }: DomainView) => dns.publish(record.name, undefined);
const later = (ms: number): Clock => ({ now: () => new Date(Date.now() + ms) });
const read = async ({ orgId }: { orgId: string }, { id }: DomainView) =>
  (await listDomains(db(), { orgId, input: { limit: 100 } })).data.find((one) => one.id === id);
const actionsOf = async ({ orgId }: { orgId: string }) =>
  (
    await db().auditLog.findMany({
      where: { orgId, action: { startsWith: "domain." } },
      orderBy: { sequence: "asc" },
      select: { action: true },
    })
  ).map(({ action }) => action);

async function verified() {
  const company = await makeCompany();
  const domain = await add(company.principal);
  publish(domain);
  return { ...company, domain: await check(company.principal, domain) };
}

describe("a domain", () => {
  it("is verified by the organization's own TXT record and by nothing else", async () => {
    const { principal, orgId } = await makeCompany();
    const { principal: stranger } = await makeCompany();
    const domain = await add(principal);
    expect(domain.status).toBe("pending");
    expect((await check(principal, domain)).status).toBe("pending");
    const theirs = await add(stranger, domain.domain);
    dns.publish(domain.record.name, ["v=spf1 -all", theirs.record.value]);
    expect((await check(principal, domain)).status).toBe("pending");
    publish(domain, ["v=spf1 -all", theirs.record.value, "x".repeat(600)]);
    expect((await check(principal, domain)).status).toBe("verified");
    expect(await actionsOf({ orgId })).toEqual(["domain.added", "domain.verified"]);
  });

  it("is verified for one organization at a time, also where two check at once", async () => {
    const { principal: one } = await makeCompany();
    const { principal: other } = await makeCompany();
    const name = newDomain();
    const [a, b] = [await add(one, name), await add(other, name)];
    publish(a, [b.record.value]);
    const results = await Promise.allSettled([check(one, a), check(other, b)]);
    expect(results.map(({ status }) => status).toSorted()).toEqual(["fulfilled", "rejected"]);
    const refused = results.find((result) => result.status === "rejected");
    expect(refused?.reason).toMatchObject({ code: "conflict" });
    const [winner, loser] = results[0]?.status === "fulfilled" ? [a, b] : [b, a];
    const [owner, next] = winner === a ? [one, other] : [other, one];
    await removeDomain(db(), { principal: owner, id: fromPublicId("dom", winner.id) });
    expect((await check(next, loser)).status).toBe("verified");
  });

  it("of somebody else is neither found nor changed", async () => {
    const { domain, orgId } = await verified();
    const { principal: stranger } = await makeCompany();
    const id = fromPublicId("dom", domain.id);
    await expect(check(stranger, domain)).rejects.toMatchObject({ code: "not_found" });
    await expect(removeDomain(db(), { principal: stranger, id })).rejects.toMatchObject({
      code: "not_found",
    });
    expect((await listDomains(db(), { orgId: stranger.orgId, input: { limit: 20 } })).data).toEqual([]);
    expect((await read({ orgId }, domain))?.status).toBe("verified");
  });

  it("is added by owners and admins of an Enterprise organization alone, and removed without the plan", async () => {
    const { principal: free } = await makeCompany({ plan: "plus" });
    await expect(add(free)).rejects.toMatchObject({ code: "plan_required" });
    const { principal, orgId, domain } = await verified();
    const member = await makeUser({ verified: true });
    await db().membership.create({
      data: { orgId, userId: member.userId, role: "developer", createdAt: new Date() },
    });
    const developer = await principalOf({ ...member.claims, orgId });
    await expect(add(developer)).rejects.toMatchObject({ code: "insufficient_role" });
    // What the principal says may be five seconds old.
    await expect(add({ ...developer, role: "owner" })).rejects.toMatchObject({ code: "insufficient_role" });
    await db().subscription.update({ where: { orgId }, data: { plan: "free" } });
    await expect(check(principal, domain)).rejects.toMatchObject({ code: "plan_required" });
    await removeDomain(db(), { principal, id: fromPublicId("dom", domain.id) });
    expect(await read({ orgId }, domain)).toBeUndefined();
  });

  it("ends what people granted apps where its people now have to come through the company", async () => {
    const { principal, orgId, user } = await makeCompany();
    const now = new Date();
    const made = { createdAt: now, updatedAt: now };
    const app = { id: newId(), orgId, name: "App", homepageUrl: "https://example.com", scopes: [] };
    await db().oauthApp.create({ data: { ...app, redirectUris: ["https://example.com/"], ...made } });
    const grant = { appId: app.id, orgId, userId: user.userId, scopes: [], createdAt: now };
    await db().oauthGrant.create({
      data: { id: newId(), ...grant, expiresAt: new Date(now.getTime() + DAY) },
    });
    const connection = { id: newId(), orgId, issuer: "https://idp.example.com", clientId: "x" };
    await db().companyConnection.create({
      data: {
        ...connection,
        secretCipher: new Uint8Array([1]),
        defaultRole: "developer",
        enforced: true,
        ...made,
      },
    });
    const domain = await add(principal);
    expect(await db().oauthGrant.count({ where: { orgId } })).toBe(1);
    publish(domain);
    await check(principal, domain);
    expect(await db().oauthGrant.count({ where: { orgId } })).toBe(0);
  });

  it("is added once", async () => {
    const { principal } = await makeCompany();
    const { domain } = await add(principal);
    await expect(add(principal, domain)).rejects.toMatchObject({ code: "conflict" });
  });
});

describe("a record that goes", () => {
  it("flags the domain, mails its owners once, and after seven days ends it", async () => {
    const { user, orgId, domain } = await verified();
    withdraw(domain);
    await recheckDomains(db(), {}, later(HOUR));
    expect((await read({ orgId }, domain))?.status).toBe("verified");
    await recheckDomains(db(), {}, later(7 * HOUR));
    expect((await read({ orgId }, domain))?.status).toBe("missing");
    await notifyMissingDomains(db());
    await notifyMissingDomains(db());
    await recheckDomains(db(), {}, later(6 * DAY));
    expect((await read({ orgId }, domain))?.status).toBe("missing");
    await recheckDomains(db(), {}, later(8 * DAY));
    expect((await read({ orgId }, domain))?.status).toBe("lost");
    await notifyMissingDomains(db());
    const subjects = stack.mailbox.messagesTo(user.email).map(({ subject }) => subject);
    expect(subjects.filter((subject) => subject === "A domain’s DNS record is missing")).toHaveLength(1);
    expect(subjects.filter((subject) => subject === "Company sign-in stopped for a domain")).toHaveLength(1);
    expect(await actionsOf({ orgId })).toEqual([
      "domain.added",
      "domain.verified",
      "domain.missing",
      "domain.lost",
    ]);
  });

  it("and comes back within the days leaves the domain verified", async () => {
    const { orgId, domain } = await verified();
    withdraw(domain);
    await recheckDomains(db(), {}, later(7 * HOUR));
    publish(domain);
    await recheckDomains(db(), {}, later(14 * HOUR));
    expect(await read({ orgId }, domain)).toMatchObject({ status: "verified", missing_since: null });
  });

  it("is not assumed gone where name servers fail or are silent", async () => {
    const { principal, orgId, domain } = await verified();
    dns.behave("fails");
    await recheckDomains(db(), {}, later(30 * DAY));
    expect((await read({ orgId }, domain))?.status).toBe("verified");
    await expect(check(principal, domain)).rejects.toMatchObject({ code: "service_unavailable" });
  });

  it("makes room for another organization once the domain is lost", async () => {
    const { orgId, domain } = await verified();
    const { principal: next } = await makeCompany();
    const theirs = await add(next, domain.domain);
    dns.publish(theirs.record.name, [theirs.record.value]);
    await expect(check(next, theirs)).rejects.toMatchObject({ code: "conflict" });
    await recheckDomains(db(), {}, later(7 * HOUR));
    await recheckDomains(db(), {}, later(8 * DAY));
    expect((await read({ orgId }, domain))?.status).toBe("lost");
    expect((await check(next, theirs)).status).toBe("verified");
  });
});

describe("what is no company's domain", () => {
  it.each([
    ...["com", "co.uk", "github.io", "vercel.app", "gmail.com", "GMAIL.com", "yahoo.co.uk", "localhost"],
    ...["corp.internal", "example", "10.0.0.1", "https://example.com", "a@example.com", "*.example.com", ""],
    ...["exa mple.com", "-a.com", `${"a".repeat(64)}.com`, "ex\u0000ample.com"],
  ])("is refused: %j", (text) => {
    expect(domainSchema.safeParse(text).success).toBe(false);
  });

  it.each([
    ["Example.COM.", "example.com"],
    ["bücher.de", "xn--bcher-kva.de"],
    ["corp.example.co.uk", "corp.example.co.uk"],
  ])("is not %j", (text, domain) => {
    expect(domainSchema.parse(text)).toBe(domain);
  });
});

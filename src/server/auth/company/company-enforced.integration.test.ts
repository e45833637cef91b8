import { randomUUID } from "node:crypto";
import { addPasskey, assertSteppedUp, forgetPrincipals, startAddingPasskey } from "@agathaai/core/accounts";
import { removeConnection } from "@agathaai/core/company-sign-in";
import type { UserPrincipal } from "@agathaai/core/platform";
import { drainAfterResponse } from "@agathaai/core/platform/concurrency/after-response";
import { closeDb, db } from "@agathaai/core/platform/db/client";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  type IdentityProvider,
  startIdentityProvider,
} from "../../../../infra/stand-ins/identity-provider/identity-provider";
import { softPasskey } from "../../../../infra/testing/authenticators/soft-passkey";
import { makeUser, principalOf } from "../../../../infra/testing/make-user";
import { useTestStack } from "../../../../infra/testing/use-test-stack";
import { authorize } from "../../trpc/middleware/authorize";
import { CompanyBrowser } from "./testing/company-browser";
import { openCompany } from "./testing/open-company";

await useTestStack({ AGATHA_PRIVATE_IDENTITY_PROVIDERS: "true" });
let idp: IdentityProvider;
/** It says in every ID token when the person signed in. */
let telling: IdentityProvider;
beforeAll(async () => {
  const redirectUri = "http://localhost:3000/api/auth/company/callback";
  idp = await startIdentityProvider({ redirectUri });
  telling = await startIdentityProvider({ redirectUri, authTime: true });
});
afterAll(async () => {
  await drainAfterResponse();
  await Promise.all([idp.stop(), telling.stop()]);
  await closeDb();
});

const company = () => openCompany({ at: idp });
const refusalOf = (url: URL) => url.searchParams.get("error");

describe("an organization that enforces its company's sign-in", () => {
  async function enforced() {
    const made = await company();
    const owner = made.employ("Owner");
    await db().membership.deleteMany({ where: { orgId: made.orgId, role: "developer" } });
    const browser = new CompanyBrowser();
    await browser.signIn(await made.start(), owner.sub);
    const admin = await browser.principal();
    await db().membership.updateMany({
      where: { orgId: made.orgId, userId: admin?.userId ?? "" },
      data: { role: "admin" },
    });
    forgetPrincipals(admin?.userId ?? "");
    const caller = await browser.principal();
    if (caller === null) throw new Error("nobody is signed in");
    await made.set({ enforced: true }, caller);
    return { ...made, browser };
  }
  async function join(orgId: string, email?: string, role: "developer" | "owner" = "developer") {
    const person = await makeUser({ verified: true, ...(email && { email }) });
    await db().membership.create({ data: { orgId, userId: person.userId, role, createdAt: new Date() } });
    const claims = { ...person.claims, orgId };
    return { ...person, claims };
  }
  const refuses = (principal: UserPrincipal) => {
    try {
      authorize({ kind: "caller" }, principal);
    } catch (error) {
      return error;
    }
    return undefined;
  };

  it("is only made so by somebody who has signed in through it", async () => {
    const { set } = await company();
    await expect(set({ enforced: true })).rejects.toMatchObject({ code: "conflict", param: "enforced" });
  });

  it("refuses members of its domain any other sign-in, there and nowhere else", async () => {
    const { orgId, domain, browser } = await enforced();
    const member = await join(orgId, `member.${randomUUID()}@${domain}`);
    expect(refuses(await principalOf(member.claims))).toMatchObject({ code: "company_sign_in_required" });
    const own = await principalOf({ ...member.claims, orgId: member.orgId });
    expect(refuses(own)).toBeUndefined();
    const byCompany = await browser.principal();
    expect(byCompany && refuses(byCompany)).toBeUndefined();
  });

  it("lets guests of other domains in, and owners with a second factor that is a day old", async () => {
    const { orgId, domain } = await enforced();
    const guest = await join(orgId);
    expect(refuses(await principalOf(guest.claims))).toBeUndefined();
    const owner = await join(orgId, `owner.${randomUUID()}@${domain}`, "owner");
    expect(refuses(await principalOf(owner.claims))).toMatchObject({ code: "company_sign_in_required" });
    const session = { ...owner.claims, emailVerified: true };
    const { options } = await startAddingPasskey(db(), session);
    await addPasskey(db(), { ...session, name: "Key", credential: softPasskey().create(options), ip: null });
    forgetPrincipals(owner.userId);
    // Whoever has only the password can add a factor of their own.
    expect(refuses(await principalOf(owner.claims))).toMatchObject({ code: "company_sign_in_required" });
    const yesterday = new Date(Date.now() - 25 * 3_600_000);
    await db().passkey.updateMany({ where: { userId: owner.userId }, data: { createdAt: yesterday } });
    forgetPrincipals(owner.userId);
    expect(refuses(await principalOf(owner.claims))).toBeUndefined();
  });

  it("no longer does without its connection, its domain or its plan", async () => {
    const { orgId, domain, principal } = await enforced();
    const member = await join(orgId, `member.${randomUUID()}@${domain}`);
    const missing = async () => {
      forgetPrincipals(member.userId);
      return (await principalOf(member.claims)).companyMissing ?? false;
    };
    expect(await missing()).toBe(true);
    await db().subscription.update({ where: { orgId }, data: { plan: "plus" } });
    expect(await missing()).toBe(false);
    await db().subscription.update({ where: { orgId }, data: { plan: "enterprise" } });
    expect(await missing()).toBe(true);
    await removeConnection(db(), { principal });
    expect(await missing()).toBe(false);
  });

  it("counts the company's sign-in as the second factor that it requires", async () => {
    const { orgId, browser } = await enforced();
    await db().organization.update({ where: { id: orgId }, data: { twoFactorRequired: true } });
    const guest = await join(orgId);
    expect((await principalOf(guest.claims)).factorMissing).toBe(true);
    forgetPrincipals((await browser.principal())?.userId ?? "");
    expect((await browser.principal())?.factorMissing).toBeUndefined();
  });
});

describe("a step-up at the company", () => {
  async function signedIn() {
    const made = await company();
    const person = made.employ("Grace");
    const browser = new CompanyBrowser();
    await browser.signIn(await made.start(), person.sub);
    const principal = await browser.principal();
    if (principal === null) throw new Error("nobody is signed in");
    await db().session.update({ where: { id: principal.sessionId }, data: { steppedUpAt: null } });
    return { ...made, person, browser, principal };
  }

  it("asks the person to sign in there anew, and counts for the session that began it", async () => {
    const { browser, principal, person } = await signedIn();
    await expect(assertSteppedUp(db(), principal)).rejects.toMatchObject({ code: "step_up_required" });
    const toCompany = new URL(
      (await browser.open("/api/auth/company/step-up")).headers.get("location") ?? "",
    );
    expect([toCompany.searchParams.get("prompt"), toCompany.searchParams.get("max_age")]).toEqual([
      "login",
      "0",
    ]);
    const end = await browser.signIn("/api/auth/company/step-up?next=/settings", person.sub);
    expect(end.pathname).toBe("/settings");
    await assertSteppedUp(db(), principal);
  });

  it.each([
    ["long ago", 3_600, false],
    ["just now", 1, true],
  ])(
    "is not asked for after a sign-in only if the person signed in there just now: %s",
    async (_when, ago, fresh) => {
      const made = await openCompany({ at: telling });
      const { sub } = made.employ("Grace", { auth_time: Math.floor(Date.now() / 1_000) - ago });
      const browser = new CompanyBrowser();
      await browser.signIn(await made.start(), sub);
      const principal = await browser.principal();
      if (principal === null) throw new Error("nobody is signed in");
      const { steppedUpAt } = await db().session.findUniqueOrThrow({ where: { id: principal.sessionId } });
      expect(Math.round((Date.now() - (steppedUpAt?.getTime() ?? 0)) / 1_000 / 60)).toBe(fresh ? 0 : 60);
      const proof = assertSteppedUp(db(), principal);
      if (fresh) await proof;
      else await expect(proof).rejects.toMatchObject({ code: "step_up_required" });
    },
  );

  it("by somebody else confirms nothing", async () => {
    const { browser, principal, employ } = await signedIn();
    browser.forgetCompany();
    const end = await browser.signIn("/api/auth/company/step-up", employ("Mallory").sub);
    expect(refusalOf(end)).toBe("company_failed");
    await expect(assertSteppedUp(db(), principal)).rejects.toMatchObject({ code: "step_up_required" });
    expect((await browser.principal())?.userId).toBe(principal.userId);
  });
});

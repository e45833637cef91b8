import { randomUUID } from "node:crypto";
import { addPasskey, assertSteppedUp, forgetPrincipals, startAddingPasskey } from "@agathaai/core/accounts";
import {
  findCompany,
  removeConnection,
  type SetConnectionInput,
  setConnection,
} from "@agathaai/core/company-sign-in";
import { removeMember } from "@agathaai/core/members";
import type { UserPrincipal } from "@agathaai/core/platform";
import { drainAfterResponse } from "@agathaai/core/platform/concurrency/after-response";
import { closeDb, db } from "@agathaai/core/platform/db/client";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  type IdentityProvider,
  startIdentityProvider,
} from "../../../../infra/stand-ins/identity-provider/identity-provider";
import { makeUser, principalOf, signInToPortal } from "../../../../infra/testing/make-user";
import { softPasskey } from "../../../../infra/testing/soft-passkey";
import { useTestStack } from "../../../../infra/testing/use-test-stack";
import { authorize } from "../../trpc/middleware/authorize";
import { CompanyBrowser } from "./testing/company-browser";

const stack = await useTestStack({ AGATHA_PRIVATE_IDENTITY_PROVIDERS: "true" });
const redirectUri = "http://localhost:3000/api/auth/company/callback";
let idp: IdentityProvider;
let thin: IdentityProvider;
beforeAll(async () => {
  idp = await startIdentityProvider({ redirectUri });
  thin = await startIdentityProvider({ redirectUri, thinIdToken: true });
});
afterAll(async () => {
  await drainAfterResponse();
  await Promise.all([idp.stop(), thin.stop()]);
  await closeDb();
});

/** An organization with a verified domain and a connection to the identity provider. */
async function company({ at = idp, ...input }: Partial<SetConnectionInput> & { at?: IdentityProvider } = {}) {
  const owner = await makeUser({ verified: true });
  const { orgId } = owner;
  await db().subscription.update({ where: { orgId }, data: { plan: "enterprise" } });
  const domain = `${randomUUID().slice(0, 13)}.com`;
  const now = new Date();
  await db().organizationDomain.create({
    data: { id: orgId, orgId, domain, proof: "x", verifiedAt: now, checkedAt: now, createdAt: now },
  });
  forgetPrincipals(owner.userId);
  const principal = await principalOf(owner.claims);
  const set = (more: Partial<SetConnectionInput> = {}, by: UserPrincipal = principal) =>
    setConnection(db(), {
      principal: by,
      input: { ...at.client, default_role: "developer", enforced: false, ...input, ...more },
    });
  await set();
  const start = async () => {
    const found = await findCompany(db(), { email: `anyone@${domain}` });
    if (found.start === null) throw new Error("the domain leads to no company");
    return found.start;
  };
  const employ = (name: string, more: object = {}) => {
    const sub = randomUUID();
    const email = `${name}.${sub.slice(0, 8)}@${domain}`;
    at.people.set(sub, { sub, email, email_verified: true, name, ...more });
    return { sub, email };
  };
  return { owner, orgId, domain, principal, set, start, employ };
}

const roleOf = async (orgId: string, userId: string | undefined) =>
  (await db().membership.findFirst({ where: { orgId, userId: userId ?? "" }, select: { role: true } }))?.role;
const refusalOf = (url: URL) => url.searchParams.get("error");

describe("signing in through a company", () => {
  it("makes a new person a member with the default role, once, and signs the same person in again", async () => {
    const { orgId, start, employ } = await company();
    const { sub, email } = employ("Grace");
    const browser = new CompanyBrowser();
    expect((await browser.signIn(`${await start()}?next=/keys`, sub)).pathname).toBe("/keys");
    const first = await browser.principal();
    expect(first).toMatchObject({ orgId, role: "developer", emailVerified: true });
    const again = new CompanyBrowser();
    await again.signIn(await start(), sub);
    expect((await again.principal())?.userId).toBe(first?.userId);
    const joined = await db().auditLog.count({ where: { orgId, action: "member.joined" } });
    expect([joined, await db().membership.count({ where: { orgId } })]).toEqual([1, 2]);
    const { passwordHash } = await db().user.findUniqueOrThrow({ where: { id: first?.userId ?? "" } });
    expect(passwordHash).toBeNull();
    expect(await findCompany(db(), { email })).toEqual({ start: await start() });
  });

  it("reads the address at the userinfo endpoint where the ID token lacks it", async () => {
    const { orgId, start, employ } = await company({ at: thin });
    const browser = new CompanyBrowser();
    await browser.signIn(await start(), employ("Grace").sub);
    expect(await browser.principal()).toMatchObject({ orgId });
  });

  it("keeps the role that a member has, whatever the default is now", async () => {
    const { orgId, set, start, employ } = await company();
    const { sub } = employ("Grace");
    const browser = new CompanyBrowser();
    await browser.signIn(await start(), sub);
    await set({ default_role: "viewer" });
    await browser.signIn(await start(), sub);
    expect(await roleOf(orgId, (await browser.principal())?.userId)).toBe("developer");
  });

  it("leads nowhere for the domain of nobody, of an unverified company, of one without the plan or connection", async () => {
    const { principal, orgId, domain } = await company();
    const find = async (email: string) => (await findCompany(db(), { email })).start;
    expect(await find(`a@${domain}`)).not.toBeNull();
    expect(await find(`a@sub.${domain}`)).toBeNull();
    expect(await find("no address")).toBeNull();
    await db().subscription.update({ where: { orgId }, data: { plan: "plus" } });
    expect(await find(`a@${domain}`)).toBeNull();
    await db().subscription.update({ where: { orgId }, data: { plan: "enterprise" } });
    await db().organizationDomain.update({ where: { id: orgId }, data: { verifiedAt: null } });
    expect(await find(`a@${domain}`)).toBeNull();
    await db().organizationDomain.update({ where: { id: orgId }, data: { verifiedAt: new Date() } });
    await removeConnection(db(), { principal });
    expect(await find(`a@${domain}`)).toBeNull();
  });
});

describe("what a company may not do", () => {
  it("speak for an address outside its verified domains", async () => {
    const { orgId, start, employ } = await company();
    const victim = await makeUser({ verified: true });
    for (const email of [victim.email, undefined]) {
      const browser = new CompanyBrowser();
      const { sub } = employ("Mallory", { email });
      expect(refusalOf(await browser.signIn(await start(), sub))).toBe("company_email");
      expect(await browser.principal()).toBeNull();
    }
    const { sub } = employ("Mallory", { email_verified: false });
    expect(refusalOf(await new CompanyBrowser().signIn(await start(), sub))).toBe("company_email");
    expect(await roleOf(orgId, victim.userId)).toBeUndefined();
    expect(await db().auditLog.count({ where: { orgId, action: "company.sign_in_refused" } })).toBe(1);
  });

  it("speak for a person whose account has left its domain", async () => {
    const { start, employ } = await company();
    const { sub } = employ("Grace");
    const browser = new CompanyBrowser();
    await browser.signIn(await start(), sub);
    const grace = await browser.principal();
    const elsewhere = await makeUser({ verified: true });
    await db().linkedAccount.updateMany({
      where: { userId: grace?.userId ?? "", provider: "company" },
      data: { userId: elsewhere.userId },
    });
    expect(refusalOf(await new CompanyBrowser().signIn(await start(), sub))).toBe("company_email");
  });

  it("go round the second factor of an account that was there before", async () => {
    const { orgId, start, employ } = await company();
    const { sub, email } = employ("Grace");
    const grace = await makeUser({ email, verified: true });
    const session = { ...grace.claims, emailVerified: true };
    const { options } = await startAddingPasskey(db(), session);
    await addPasskey(db(), { ...session, name: "Key", credential: softPasskey().create(options), ip: null });
    const browser = new CompanyBrowser();
    const end = await browser.signIn(await start(), sub);
    expect([end.pathname, end.searchParams.get("step")]).toEqual(["/sign-in", "code"]);
    expect(await browser.principal()).toBeNull();
    expect(await roleOf(orgId, grace.userId)).toBeUndefined();
  });

  it("let whoever registered the address before keep anything of it", async () => {
    const { start, employ } = await company();
    const { sub, email } = employ("Grace");
    const squatter = await makeUser({ email });
    const browser = new CompanyBrowser();
    await browser.signIn(await start(), sub);
    expect((await browser.principal())?.userId).toBe(squatter.userId);
    await expect(principalOf(squatter.claims)).rejects.toThrow("no session");
    await expect(signInToPortal(squatter)).rejects.toMatchObject({ code: "invalid_login" });
  });

  it("know a person again whose membership has ended, but by their address", async () => {
    const { orgId, principal, start, employ } = await company();
    const { sub } = employ("Grace");
    const browser = new CompanyBrowser();
    await browser.signIn(await start(), sub);
    const userId = (await browser.principal())?.userId ?? "";
    await removeMember(db(), { principal, input: { user_id: userId, keys: "end" } });
    expect(await db().linkedAccount.count({ where: { userId, provider: "company" } })).toBe(0);
    expect(await roleOf(orgId, userId)).toBeUndefined();
    expect((await browser.principal())?.orgId).not.toBe(orgId);
  });
});

describe("a browser that comes back", () => {
  it("is signed in once, and only if it is the one that began", async () => {
    const { start, employ } = await company();
    const { sub } = employ("Grace");
    const [browser, other] = [new CompanyBrowser(), new CompanyBrowser()];
    const back = await browser.atCompany(await start(), sub);
    // It has begun one of its own.
    await other.open(await start());
    expect(refusalOf(new URL((await other.open(back)).headers.get("location") ?? ""))).toBe("company_failed");
    expect(await other.principal()).toBeNull();
    // The other browser has not used it up.
    expect(new URL((await browser.open(back)).headers.get("location") ?? "").pathname).toBe("/overview");
    const replayed = await browser.open(back);
    expect(refusalOf(new URL(replayed.headers.get("location") ?? ""))).toBe("company_failed");
  });

  it.each([
    ["another state", "state", "x".repeat(43)],
    ["another code", "code", "x".repeat(43)],
    ["another issuer", "iss", "https://elsewhere.example.org"],
  ])("is refused with %s", async (_what, name, value) => {
    const { start, employ } = await company();
    const browser = new CompanyBrowser();
    const back = await browser.atCompany(await start(), employ("Grace").sub);
    back.searchParams.set(name, value);
    const reply = await browser.open(back);
    expect(refusalOf(new URL(reply.headers.get("location") ?? ""))).toBe("company_failed");
    expect(await browser.principal()).toBeNull();
  });

  it("with the code of another browser's sign-in is refused: PKCE and nonce are its own", async () => {
    const { start, employ } = await company();
    const [victim, attacker] = [new CompanyBrowser(), new CompanyBrowser()];
    const stolen = await victim.atCompany(await start(), employ("Grace").sub);
    const own = await attacker.atCompany(await start(), employ("Mallory").sub);
    own.searchParams.set("code", stolen.searchParams.get("code") ?? "");
    const reply = await attacker.open(own);
    expect(refusalOf(new URL(reply.headers.get("location") ?? ""))).toBe("company_failed");
    expect(await attacker.principal()).toBeNull();
  });

  it("goes to a path of ours and nowhere else", async () => {
    const { start, employ } = await company();
    const next = encodeURIComponent("https://evil.example.org/");
    const end = await new CompanyBrowser().signIn(`${await start()}?next=${next}`, employ("Grace").sub);
    expect(end.href).toBe("http://localhost:3000/overview");
  });
});

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

  it("lets guests of other domains in, and owners with a second factor", async () => {
    const { orgId, domain } = await enforced();
    const guest = await join(orgId);
    expect(refuses(await principalOf(guest.claims))).toBeUndefined();
    const owner = await join(orgId, `owner.${randomUUID()}@${domain}`, "owner");
    expect(refuses(await principalOf(owner.claims))).toMatchObject({ code: "company_sign_in_required" });
    const session = { ...owner.claims, emailVerified: true };
    const { options } = await startAddingPasskey(db(), session);
    await addPasskey(db(), { ...session, name: "Key", credential: softPasskey().create(options), ip: null });
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

  it("by somebody else confirms nothing", async () => {
    const { browser, principal, employ } = await signedIn();
    browser.forgetCompany();
    const end = await browser.signIn("/api/auth/company/step-up", employ("Mallory").sub);
    expect(refusalOf(end)).toBe("company_failed");
    await expect(assertSteppedUp(db(), principal)).rejects.toMatchObject({ code: "step_up_required" });
    expect((await browser.principal())?.userId).toBe(principal.userId);
  });
});

describe("a connection", () => {
  it("keeps its secret where nobody reads it, and out of the log", async () => {
    const { orgId } = await company();
    const row = await db().companyConnection.findUniqueOrThrow({ where: { orgId } });
    expect(Buffer.from(row.secretCipher).includes(idp.client.client_secret)).toBe(false);
    const entries = await db().auditLog.findMany({ where: { orgId } });
    expect(
      JSON.stringify(entries, (_, value) => (typeof value === "bigint" ? `${value}` : value)),
    ).not.toContain(idp.client.client_secret);
  });

  it("to a provider that does not answer, or names another issuer, is not made", async () => {
    const { set } = await company();
    for (const issuer of [
      "http://127.0.0.1:9",
      `${idp.issuer}/other`,
      thin.issuer.replace("127.0.0.1", "localhost"),
    ])
      await expect(set({ issuer, client_secret: "a-secret" })).rejects.toMatchObject({ param: "issuer" });
  });

  it("to another issuer or client knows nobody whom the old one knew", async () => {
    const { set, start, employ } = await company();
    const browser = new CompanyBrowser();
    await browser.signIn(await start(), employ("Grace").sub);
    const { userId, sessionId } = (await browser.principal()) ?? { userId: "", sessionId: "" };
    await expect(set({ issuer: thin.issuer, client_secret: undefined })).rejects.toMatchObject({
      param: "client_secret",
    });
    await set({ ...thin.client });
    expect(await db().linkedAccount.count({ where: { userId, provider: "company" } })).toBe(0);
    expect(await db().session.findUnique({ where: { id: sessionId } })).toMatchObject({ connectionId: null });
  });

  it("mails the person whose account a company was linked to", async () => {
    const { start, employ } = await company();
    const { sub, email } = employ("Grace");
    await makeUser({ email, verified: true });
    await new CompanyBrowser().signIn(await start(), sub);
    await drainAfterResponse();
    expect(
      stack.mailbox
        .messagesTo(email)
        .map(({ text }) => text)
        .join(),
    ).toContain("your company");
  });
});

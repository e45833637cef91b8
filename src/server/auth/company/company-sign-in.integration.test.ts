import { addPasskey, startAddingPasskey } from "@agathaai/core/accounts";
import {
  changeDirectoryUser,
  createDirectoryUser,
  findCompany,
  removeConnection,
  type SetConnectionInput,
} from "@agathaai/core/company-sign-in";
import { removeMember } from "@agathaai/core/members";
import { fromPublicId } from "@agathaai/core/platform";
import { drainAfterResponse } from "@agathaai/core/platform/concurrency/after-response";
import { closeDb, db } from "@agathaai/core/platform/db/client";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  type IdentityProvider,
  startIdentityProvider,
} from "../../../../infra/stand-ins/identity-provider/identity-provider";
import { softPasskey } from "../../../../infra/testing/authenticators/soft-passkey";
import { makeUser, principalOf, signInToPortal } from "../../../../infra/testing/make-user";
import { useTestStack } from "../../../../infra/testing/use-test-stack";
import { CompanyBrowser } from "./testing/company-browser";
import { openCompany } from "./testing/open-company";

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

const company = (input: Partial<SetConnectionInput> & { at?: IdentityProvider } = {}) =>
  openCompany({ at: idp, ...input });

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

  it("makes nobody a member again whom the company's directory has deactivated", async () => {
    const { orgId, start, employ } = await company();
    const { sub, email } = employ("Grace");
    const principal = { kind: "directory", orgId, tokenId: orgId } as const;
    const profile = { displayName: null, givenName: null, familyName: null };
    const input = { userName: email, externalId: null, email, ...profile, active: true };
    const { id } = await createDirectoryUser(db(), { principal, input });
    const browser = new CompanyBrowser();
    await browser.signIn(await start(), sub);
    expect(await browser.principal()).toMatchObject({ orgId });
    const turn = (active: boolean) =>
      changeDirectoryUser(db(), {
        principal,
        id: fromPublicId("dus", id),
        change: () => ({ ...input, active }),
      });
    await turn(false);
    expect(refusalOf(await browser.signIn(await start(), sub))).toBe("company_failed");
    expect(await db().membership.count({ where: { orgId } })).toBe(1);
    await turn(true);
    await browser.signIn(await start(), sub);
    expect(await browser.principal()).toMatchObject({ orgId });
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

describe("a connection", () => {
  it("keeps its secret where nobody reads it, and out of the log", async () => {
    const { orgId } = await company();
    const row = await db().companyConnection.findUniqueOrThrow({ where: { orgId } });
    expect(Buffer.from(row.secretCipher ?? "").includes(idp.client.client_secret)).toBe(false);
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

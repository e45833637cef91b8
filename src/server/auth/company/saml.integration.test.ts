import { randomUUID } from "node:crypto";
import { inflateRawSync } from "node:zlib";
import { takeAssertion } from "@agathaai/core/company-sign-in";
import { drainAfterResponse } from "@agathaai/core/platform/concurrency/after-response";
import { closeDb, db } from "@agathaai/core/platform/db/client";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  makeSamlProvider,
  metadataOf,
  posted,
  type Said,
  type SamlProvider,
} from "../../../../infra/stand-ins/saml/saml-provider";
import { useTestStack } from "../../../../infra/testing/use-test-stack";
import { handleCompanySignIn } from "./handle-company-sign-in";
import { CompanyBrowser } from "./testing/company-browser";
import { openCompany } from "./testing/open-company";

await useTestStack();
const OURS = "http://localhost:3000";
const SSO = "https://idp.example.com/sso";
let idp: SamlProvider;
let next: SamlProvider;
beforeAll(async () => {
  [idp, next] = await Promise.all([makeSamlProvider(), makeSamlProvider()]);
});
afterAll(async () => {
  await drainAfterResponse();
  await closeDb();
});

const company = async () => {
  const issuer = `https://idp.example.com/${randomUUID()}`;
  const made = await openCompany({
    kind: "saml",
    issuer,
    sso_url: `${SSO}?tenant=1`,
    certificates: [idp.certificate],
  });
  return { ...made, issuer };
};

/** Begins, and reads what the browser is sent to the provider with. */
async function begin(browser: CompanyBrowser, start: string) {
  const to = new URL((await browser.open(start)).headers.get("location") ?? "");
  const state = to.searchParams.get("RelayState") ?? "";
  const request = inflateRawSync(Buffer.from(to.searchParams.get("SAMLRequest") ?? "", "base64")).toString();
  const inResponseTo = /\bID="([^"]+)"/.exec(request)?.[1] ?? "";
  return { to, state, request, inResponseTo };
}

const respond = (issuer: string, said: Pick<Said, "inResponseTo" | "nameId"> & Partial<Said>) =>
  idp.respond({
    issuer,
    audience: `${OURS}/api/auth/company/saml`,
    recipient: `${OURS}/api/auth/company/saml/acs`,
    attributes: { displayName: "Grace Hopper" },
    ...said,
  });

/** As a browser posts from the provider's page: without any cookie of ours. */
async function post(state: string, xml: string): Promise<URL> {
  const body = new URLSearchParams({ RelayState: state, SAMLResponse: posted(xml) });
  const reply = await handleCompanySignIn(
    new Request(`${OURS}/api/auth/company/saml/acs`, {
      method: "POST",
      headers: { "x-forwarded-for": "203.0.113.9", origin: "https://idp.example.com" },
      body,
    }),
  );
  expect(reply.status).toBe(303);
  return new URL(reply.headers.get("location") ?? "");
}

const refusalOf = (url: URL) => url.searchParams.get("error");
const ended = async (browser: CompanyBrowser, at: URL) =>
  new URL((await browser.open(at)).headers.get("location") ?? "");

describe("signing in through a company by SAML", () => {
  it("makes a new person a member, once, and signs the same person in again", async () => {
    const { orgId, domain, start, issuer } = await company();
    const browser = new CompanyBrowser();
    const nameId = `grace@${domain}`;
    const one = await begin(browser, `${await start()}?next=/keys`);
    expect(`${one.to.origin}${one.to.pathname}`).toBe(SSO);
    expect(one.to.searchParams.get("tenant")).toBe("1");
    expect(one.request).toContain(`AssertionConsumerServiceURL="${OURS}/api/auth/company/saml/acs"`);
    const back = await post(one.state, respond(issuer, { ...one, nameId }));
    expect(back.pathname).toBe("/api/auth/company/saml/finish");
    expect((await ended(browser, back)).pathname).toBe("/keys");
    const first = await browser.principal();
    expect(first).toMatchObject({ orgId, role: "developer", emailVerified: true });
    const again = new CompanyBrowser();
    const two = await begin(again, await start());
    await ended(again, await post(two.state, respond(issuer, { ...two, nameId })));
    expect((await again.principal())?.userId).toBe(first?.userId);
    expect(await db().membership.count({ where: { orgId } })).toBe(2);
  });

  it("is of use to the browser that began alone", async () => {
    const { domain, start, issuer } = await company();
    const [ada, eve] = [new CompanyBrowser(), new CompanyBrowser()];
    const { state, inResponseTo } = await begin(ada, await start());
    await begin(eve, await start());
    const back = await post(state, respond(issuer, { inResponseTo, nameId: `ada@${domain}` }));
    expect(refusalOf(await ended(eve, back))).toBe("company_failed");
    expect(await eve.principal()).toBeNull();
    // Eve's own cookie is no key to Ada's request, which is still there for Ada.
    expect(refusalOf(await ended(ada, back))).toBeNull();
    expect(await ada.principal()).not.toBeNull();
  });

  it("begins with us: what a provider sends unasked signs nobody in, whoever's request it names", async () => {
    const { domain, start, issuer } = await company();
    const [ada, eve] = [new CompanyBrowser(), new CompanyBrowser()];
    const nameId = `eve@${domain}`;
    // Eve began, and has Ada's browser bring the response that is about Eve.
    const { state, inResponseTo } = await begin(eve, await start());
    for (const unasked of [null, ""].map((none) => respond(issuer, { inResponseTo: none, nameId })))
      for (const named of ["", "anything", state])
        expect(refusalOf(await post(named, unasked)), named).toBe("company_failed");
    const back = await post(state, respond(issuer, { inResponseTo, nameId }));
    expect(refusalOf(await ended(ada, back))).toBe("company_failed");
    expect(await ada.principal()).toBeNull();
  });

  it("takes an assertion once, in whichever process, and for its own request alone", async () => {
    const { domain, start, issuer } = await company();
    const browser = new CompanyBrowser();
    const one = await begin(browser, await start());
    const xml = respond(issuer, { ...one, nameId: `grace@${domain}` });
    const both = await Promise.allSettled([
      takeAssertion(db(), { state: one.state, response: posted(xml) }),
      takeAssertion(db(), { state: one.state, response: posted(xml) }),
    ]);
    expect(both.map(({ status }) => status).toSorted()).toEqual(["fulfilled", "rejected"]);
    expect(refusalOf(await post(one.state, xml))).toBe("company_failed");
    const finish = new URL(`/api/auth/company/saml/finish?state=${one.state}`, OURS);
    expect(refusalOf(await ended(browser, finish))).toBeNull();
    expect(refusalOf(await post(one.state, xml))).toBe("company_failed");
    const two = await begin(browser, await start());
    expect(refusalOf(await post(two.state, xml))).toBe("company_failed");
    const unanswered = new URL(`/api/auth/company/saml/finish?state=${two.state}`, OURS);
    expect(refusalOf(await ended(browser, unanswered))).toBe("company_failed");
  });

  it("speaks for no address outside the verified domains, and for no other company", async () => {
    const { start, issuer } = await company();
    const other = await company();
    const browser = new CompanyBrowser();
    const one = await begin(browser, await start());
    const strange = respond(issuer, { ...one, nameId: "grace@example.com" });
    expect(refusalOf(await ended(browser, await post(one.state, strange)))).toBe("company_email");
    const two = await begin(browser, await start());
    const foreign = respond(other.issuer, { ...two, nameId: `grace@${other.domain}` });
    expect(refusalOf(await post(two.state, foreign))).toBe("company_failed");
  });

  it("goes on while one certificate replaces the other", async () => {
    const { domain, start, issuer, set } = await company();
    const nameId = `grace@${domain}`;
    await set({ certificates: [next.certificate, idp.certificate] });
    // What is not sent stays.
    await set({ certificates: undefined, default_role: "viewer" });
    const browser = new CompanyBrowser();
    const one = await begin(browser, await start());
    await ended(browser, await post(one.state, respond(issuer, { ...one, nameId })));
    expect(await browser.principal()).not.toBeNull();
    await set({ certificates: [next.certificate] });
    const two = await begin(browser, await start());
    expect(refusalOf(await post(two.state, respond(issuer, { ...two, nameId })))).toBe("company_failed");
  });

  it("says where the provider encrypts, or signs with an algorithm that is not taken, and signs nobody in", async () => {
    const { domain, start, issuer } = await company();
    const browser = new CompanyBrowser();
    const one = await begin(browser, await start());
    const xml = respond(issuer, { ...one, nameId: `grace@${domain}` });
    const encrypted = xml.replace(
      /<saml:Assertion.*<\/saml:Assertion>/s,
      '<saml:EncryptedAssertion xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion"/>',
    );
    expect(refusalOf(await post(one.state, encrypted))).toBe("company_encrypted");
    const ecdsa = xml.replace("#rsa-sha256", "#ecdsa-sha256");
    expect(refusalOf(await post(one.state, ecdsa))).toBe("company_signature");
    expect(await browser.principal()).toBeNull();
    // The request waits for a response that counts.
    await ended(browser, await post(one.state, xml));
    expect(await browser.principal()).not.toBeNull();
  });

  it("is set by the provider's metadata, again where that changes", async () => {
    const issuer = `https://idp.example.com/${randomUUID()}`;
    const metadata = metadataOf({ issuer, certificates: [idp.certificate] });
    const { domain, start, set } = await openCompany({ kind: "saml", issuer: undefined, metadata });
    const nameId = `grace@${domain}`;
    const signIn = async (by: SamlProvider) => {
      const browser = new CompanyBrowser();
      const one = await begin(browser, await start());
      expect(`${one.to.origin}${one.to.pathname}`).toBe(SSO);
      const said = { issuer, ...one, nameId, audience: `${OURS}/api/auth/company/saml` };
      const recipient = `${OURS}/api/auth/company/saml/acs`;
      const back = await post(one.state, by.respond({ ...said, recipient, attributes: {} }));
      if (back.pathname !== "/sign-in") await ended(browser, back);
      return (await browser.principal()) !== null;
    };
    expect([await signIn(idp), await signIn(next)]).toEqual([true, false]);
    await set({ metadata: metadataOf({ issuer, certificates: [next.certificate] }) });
    expect([await signIn(idp), await signIn(next)]).toEqual([false, true]);
    await expect(set({ metadata: "<x/>" })).rejects.toMatchObject({
      code: "invalid_request",
      param: "metadata",
    });
  });

  it("confirms who is there by having them sign in anew", async () => {
    const { domain, start, issuer } = await company();
    const nameId = `grace@${domain}`;
    const browser = new CompanyBrowser();
    const one = await begin(browser, await start());
    await ended(browser, await post(one.state, respond(issuer, { ...one, nameId })));
    const confirm = async (more: Partial<Said>) => {
      const again = await begin(browser, "/api/auth/company/step-up?next=/keys");
      expect(again.request).toContain('ForceAuthn="true"');
      const back = await post(again.state, respond(issuer, { ...again, nameId, ...more }));
      return back.pathname === "/sign-in" ? back : await ended(browser, back);
    };
    expect((await confirm({})).pathname).toBe("/keys");
    expect(refusalOf(await confirm({ nameId: `eve@${domain}` }))).toBe("company_failed");
  });

  it("keeps what it was told encrypted, and describes us to providers", async () => {
    const { domain, start, issuer } = await company();
    const one = await begin(new CompanyBrowser(), await start());
    await post(one.state, respond(issuer, { ...one, nameId: `grace@${domain}` }));
    const [row] = await db().$queryRaw<{ text: string }[]>`
      SELECT encode(person_cipher, 'escape') AS text FROM company_sign_in_requests WHERE person_cipher IS NOT NULL
      ORDER BY created_at DESC LIMIT 1`;
    expect(row?.text).not.toContain(domain);
    const reply = await handleCompanySignIn(new Request(`${OURS}/api/auth/company/saml/metadata`));
    const metadata = await reply.text();
    expect(metadata).toContain(`entityID="${OURS}/api/auth/company/saml"`);
    expect(metadata).toContain('WantAssertionsSigned="true"');
  });
});

import { beforeAll, describe, expect, it, vi } from "vitest";
import {
  makeSamlProvider,
  posted,
  type Said,
  type SamlProvider,
  type Signing,
} from "../../../../infra/stand-ins/saml/saml-provider";
import { acsUrl, entityId } from "../connection/paths";
import { readAssertion } from "./read-assertion";

vi.mock("../../platform/env", () => ({
  env: () => ({ APP_URL: "http://localhost:3000", LOG_LEVEL: "silent", NODE_ENV: "test" }),
}));

const issuer = "https://idp.example.com/entity";
const requestId = "_a-request-of-this-browser";
let idp: SamlProvider;
let other: SamlProvider;
beforeAll(async () => {
  [idp, other] = await Promise.all([makeSamlProvider(), makeSamlProvider()]);
});

const said = (more: Partial<Said> = {}): Said => ({
  issuer,
  audience: entityId(),
  recipient: acsUrl(),
  inResponseTo: requestId,
  nameId: "grace@example.com",
  attributes: { displayName: "Grace Hopper" },
  ...more,
});
const read = (xml: string, certificates = [idp.certificate], provenSince: Date | null = null) =>
  readAssertion({
    provider: { issuer, ssoUrl: "https://idp.example.com/sso", certificates },
    response: posted(xml),
    requestId,
    requestedAt: new Date(),
    provenSince,
  });
const respond = (more: Partial<Said> = {}, signing?: Signing) => idp.respond(said(more), signing);
const refusal = { code: "invalid_login" };

describe("a signed assertion", () => {
  it("names a person by a steady name, with address and name", async () => {
    const at = new Date();
    expect(await read(respond({ at }))).toMatchObject({
      subject: "grace@example.com",
      email: "grace@example.com",
      name: "Grace Hopper",
      provenAt: at,
    });
    const persistent = {
      nameId: "a8f2",
      nameIdFormat: "urn:oasis:names:tc:SAML:2.0:nameid-format:persistent",
      attributes: { mail: "Grace@Example.com" },
    };
    expect(await read(respond(persistent))).toMatchObject({ subject: "a8f2", email: "grace@example.com" });
  });

  it("counts by either of two certificates, while one replaces the other", async () => {
    const both = [other.certificate, idp.certificate];
    expect(await read(respond(), both)).toMatchObject({ email: "grace@example.com" });
    await expect(read(respond(), [other.certificate])).rejects.toMatchObject(refusal);
  });

  it("may be a minute out by our clock and no more", async () => {
    const at = (seconds: number) => ({ at: new Date(Date.now() + seconds * 1_000), lifeMs: 1_000 });
    await read(respond(at(40)));
    await read(respond(at(-40)));
    await expect(read(respond(at(90)))).rejects.toMatchObject(refusal);
    await expect(read(respond(at(-90)))).rejects.toMatchObject(refusal);
  });
});

describe("a response is refused", () => {
  it.each<[string, () => string]>([
    ["that nobody signed", () => idp.claim(said())],
    ["that somebody else signed", () => other.respond(said())],
    ["for another audience", () => respond({ audience: "https://another.example.com" })],
    ["for another recipient", () => respond({ recipient: "https://another.example.com/acs" })],
    ["by another issuer", () => respond({ issuer: "https://another.example.com" })],
    ["to another request", () => respond({ inResponseTo: "_another" })],
    [
      "to another request, which the unsigned part denies",
      () => respond({ inResponseTo: "_another", outerInResponseTo: requestId }),
    ],
    ["to no request", () => respond().replaceAll(/ InResponseTo="[^"]*"/g, "")],
    ["with a name that changes each time", () => respond({ nameIdFormat: "x:nameid-format:transient" })],
    [
      "signed with SHA-1",
      () =>
        respond(
          {},
          {
            algorithms: {
              signature: "http://www.w3.org/2000/09/xmldsig#rsa-sha1",
              digest: "http://www.w3.org/2000/09/xmldsig#sha1",
            },
          },
        ),
    ],
    [
      "whose digest alone is SHA-1",
      () =>
        respond(
          {},
          {
            algorithms: {
              signature: "http://www.w3.org/2001/04/xmldsig-more#rsa-sha256",
              digest: "http://www.w3.org/2000/09/xmldsig#sha1",
            },
          },
        ),
    ],
    ["that was changed", () => respond().replaceAll("grace@example.com", "admin@example.com")],
    [
      "with a comment in the name",
      () => respond().replaceAll("grace@example.com", "grace@example.com<!-- -->.evil.com"),
    ],
    [
      "signed with a comment in the name",
      () =>
        respond(
          {},
          { before: (text) => text.replace("grace@example.com", "grace@example.com<!-- -->.evil.com") },
        ),
    ],
    ["with a document type", () => `<!DOCTYPE x [<!ENTITY a "grace">]>${respond()}`],
    ["with CDATA", () => respond().replace("Grace Hopper", "<![CDATA[Grace Hopper]]>")],
    ["that is no XML", () => "grace@example.com"],
    ["that is huge", () => respond({ attributes: { padding: "x".repeat(300_000) } })],
    [
      "without conditions",
      () => respond({}, { before: (text) => text.replace(/<saml:Conditions.*Conditions>/, "") }),
    ],
    [
      "without an audience",
      () =>
        respond(
          {},
          { before: (text) => text.replace(/<saml:AudienceRestriction.*AudienceRestriction>/, "") },
        ),
    ],
    [
      "for a holder of a key",
      () => respond({}, { before: (text) => text.replace("cm:bearer", "cm:holder-of-key") }),
    ],
  ])("%s", async (_, xml) => {
    await expect(read(xml())).rejects.toMatchObject(refusal);
  });

  it("with what its administrator has to set otherwise, where that is why", async () => {
    const ofAlgorithms = (signature: string, digest: string) =>
      respond({}, { algorithms: { signature, digest } });
    const dsig = "http://www.w3.org/2000/09/xmldsig#";
    const more = "http://www.w3.org/2001/04/xmldsig-more#";
    const sha256 = "http://www.w3.org/2001/04/xmlenc#sha256";
    const ecdsa = respond().replace(`${more}rsa-sha256`, `${more}ecdsa-sha256`);
    expect(ecdsa).toContain("ecdsa-sha256");
    for (const xml of [
      ecdsa,
      ofAlgorithms(`${dsig}rsa-sha1`, sha256),
      ofAlgorithms(`${more}rsa-sha256`, `${dsig}sha1`),
    ]) {
      await expect(read(xml)).rejects.toMatchObject({
        ...refusal,
        param: "SignatureMethod",
        public: expect.stringContaining("RSA with SHA-256"),
      });
    }
    const encrypted = respond().replace(
      /<saml:Assertion.*<\/saml:Assertion>/s,
      '<saml:EncryptedAssertion xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion"><x/></saml:EncryptedAssertion>',
    );
    const beside = respond().replace("</samlp:Response>", "<EncryptedAssertion/></samlp:Response>");
    for (const xml of [encrypted, beside]) {
      await expect(read(xml)).rejects.toMatchObject({
        ...refusal,
        param: "EncryptedAssertion",
        public: expect.stringContaining("encrypt"),
      });
    }
  });

  it("that wraps a signed assertion beside, in or behind a forged one", async () => {
    const honest = respond();
    const [assertion = ""] = /<saml:Assertion.*<\/saml:Assertion>/s.exec(honest) ?? [];
    const [signature = ""] = /<Signature.*<\/Signature>/s.exec(assertion) ?? [];
    expect(signature).not.toBe("");
    const forged = assertion
      .replace(signature, "")
      .replaceAll("grace@example.com", "admin@example.com")
      .replace(/ ID="[^"]*"/, ' ID="_forged"');
    const sameId = assertion.replace(signature, "").replaceAll("grace@", "admin@");
    const into = (outer: string, inner: string) =>
      outer.replace("</saml:Subject>", `</saml:Subject>${inner}`);
    for (const [what, xml] of [
      ["the forged one first", honest.replace(assertion, forged + assertion)],
      ["the forged one last", honest.replace(assertion, assertion + forged)],
      ["one ID twice", honest.replace(assertion, sameId + assertion)],
      ["the signed one inside", honest.replace(assertion, into(forged, assertion))],
      [
        "the signature in the forged one, with the signed one in its object",
        honest.replace(
          assertion,
          into(
            forged,
            signature.replace(
              "</Signature>",
              `<Object>${assertion.replace(signature, "")}</Object></Signature>`,
            ),
          ),
        ),
      ],
      [
        "the signed one in an extension",
        honest.replace(assertion, `<samlp:Extensions>${assertion}</samlp:Extensions>${forged}`),
      ],
      [
        "the forged one under another namespace",
        honest.replace(assertion, `<Assertion>x</Assertion>${assertion}`),
      ],
    ] as const) {
      await expect(read(xml), what).rejects.toMatchObject(refusal);
    }
  });

  it("where the person was to sign in anew and did not", async () => {
    const at = new Date(Date.now() - 10 * 60_000);
    const old = respond(
      {},
      {
        before: (text) => text.replace(/AuthnInstant="[^"]*"/, `AuthnInstant="${at.toISOString()}"`),
      },
    );
    expect(await read(old)).toMatchObject({ provenAt: at });
    await expect(read(old, [idp.certificate], new Date())).rejects.toMatchObject(refusal);
    await read(respond(), [idp.certificate], new Date());
  });

  it("that names no address", async () => {
    await expect(read(respond({ nameId: "grace" }))).rejects.toMatchObject({ code: "email_not_verified" });
  });
});

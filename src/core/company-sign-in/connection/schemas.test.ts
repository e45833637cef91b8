import { beforeAll, describe, expect, it, vi } from "vitest";
import {
  makeEcdsaCertificate,
  makeSamlProvider,
  metadataOf,
} from "../../../../infra/stand-ins/saml/saml-provider";
import { setConnectionInputSchema } from "./schemas";
import { settingsFrom } from "./settings-from-metadata";

vi.mock("../../platform/env", () => ({
  env: () => ({ AGATHA_PRIVATE_IDENTITY_PROVIDERS: false, LOG_LEVEL: "silent", NODE_ENV: "test" }),
}));

let certificate: string;
let another: string;
let third: string;
beforeAll(async () => {
  const made = await Promise.all([makeSamlProvider(), makeSamlProvider(), makeSamlProvider()]);
  [certificate, another, third] = made.map((one) => one.certificate) as [string, string, string];
});

const parse = (input: object) => setConnectionInputSchema.safeParse(input);
const refusedFields = (input: object) => parse(input).error?.issues.map(({ path }) => path.join("."));
const saml = () => ({
  kind: "saml",
  issuer: "urn:example:idp",
  sso_url: "https://idp.example.com/sso?tenant=1",
  certificates: [certificate],
});

describe("a connection is set", () => {
  it("by OpenID Connect unless it says otherwise, with what that needs", () => {
    const input = { issuer: "https://idp.example.com", client_id: "x", client_secret: "y" };
    expect(parse(input)).toMatchObject({ success: true, data: { kind: "oidc", default_role: "developer" } });
    expect(refusedFields({ ...input, client_id: undefined })).toEqual(["client_id"]);
    for (const issuer of [
      "urn:x",
      "http://idp.example.com",
      "https://127.0.0.1",
      "https://idp.example.com?a",
    ])
      expect(refusedFields({ ...input, issuer }), issuer).toEqual(["issuer"]);
  });

  it("by SAML with what that needs, certificates in PEM or as metadata has them", () => {
    expect(parse(saml())).toMatchObject({ success: true });
    const bare = certificate.replaceAll(/-----[A-Z ]+-----|\s/g, "");
    const pem = parse(saml()).data?.certificates;
    expect(parse({ ...saml(), certificates: [bare] }).data?.certificates).toEqual(pem);
    expect(refusedFields({ ...saml(), sso_url: undefined })).toEqual(["sso_url"]);
    expect(refusedFields({ ...saml(), certificates: [] })).toEqual(["certificates"]);
    expect(refusedFields({ ...saml(), certificates: ["no certificate"] })).toEqual(["certificates.0"]);
    for (const sso_url of ["http://idp.example.com", "javascript:alert(1)", "https://10.0.0.1/sso"])
      expect(refusedFields({ ...saml(), sso_url }), sso_url).toEqual(["sso_url"]);
  });
});

describe("a provider's metadata", () => {
  const issuer = "https://idp.example.com/entity";
  const metadata = (more: Partial<Parameters<typeof metadataOf>[0]> = {}) =>
    metadataOf({ issuer, certificates: [certificate], ...more });
  const set = (text: string, more: object = {}) => parse({ kind: "saml", metadata: text, ...more });
  const problems = (text: string, more: object = {}) =>
    set(text, more).error?.issues.map(({ path, message }) => `${path.join(".")} ${message}`);
  const encryption = (pem: string) =>
    metadataOf({ issuer: "x", certificates: [pem] })
      .match(/<md:KeyDescriptor.*KeyDescriptor>/s)?.[0]
      .replace("signing", "encryption");

  it("says issuer, sign-in URL and signing certificates, and those alone", () => {
    const both = metadata({
      certificates: [certificate, another],
      ssoUrl: "https://idp.example.com/sso?tenant=1&amp;app=2",
      more: encryption(third) ?? "",
    });
    expect(set(both)).toMatchObject({ success: true });
    const of = (text: string) => settingsFrom(text);
    expect(of(both)).toEqual({
      issuer,
      sso_url: "https://idp.example.com/sso?tenant=1&app=2",
      certificates: parse({ ...saml(), certificates: [certificate, another] }).data?.certificates,
    });
    // One certificate of several roles is one, and a key without a use is for signing too.
    const twice = metadata({ certificates: [certificate, certificate] }).replace(' use="signing"', "");
    expect(of(twice)).toMatchObject({ certificates: [expect.stringContaining("BEGIN CERTIFICATE")] });
    const federated = `<md:EntitiesDescriptor xmlns:md="urn:oasis:names:tc:SAML:2.0:metadata">${metadata().slice(metadata().indexOf("<md:"))}</md:EntitiesDescriptor>`;
    expect(of(federated)).toMatchObject({ issuer });
  });

  it("stands in place of the fields, and for SAML alone", () => {
    expect(problems(metadata(), { issuer: "x" })).toEqual(["issuer is read from the metadata; leave it out"]);
    expect(
      problems(metadata(), { sso_url: "https://x.example.com", certificates: [certificate] }),
    ).toHaveLength(2);
    expect(refusedFields({ metadata: metadata(), client_id: "x" })).toEqual(["metadata"]);
    expect(refusedFields({ kind: "saml" })).toEqual(["issuer"]);
  });

  it.each<[string, () => string, RegExp]>([
    ["with a document type", () => `<!DOCTYPE x [<!ENTITY a "b">]>${metadata()}`, /document type/],
    [
      "with an entity of a file",
      () => `<!DOCTYPE x SYSTEM "file:///etc/passwd">${metadata()}`,
      /document type/,
    ],
    ["with CDATA", () => metadata().replace("entityID=", "<![CDATA[x]]>entityID="), /CDATA/],
    ["with an entity that nothing declares", () => metadata().replace(issuer, "&a;"), /well-formed/],
    ["that is cut off", () => metadata().slice(0, -30), /well-formed/],
    ["that is a page", () => "<html><body>Sign in</body></html>", /no identity provider/],
    ["that is no XML", () => "https://idp.example.com/metadata", /must be XML/],
    ["that is huge", () => metadata({ more: `<!--${"x".repeat(300_000)}-->` }), /256 KB/],
    [
      "of two providers",
      () => metadata().replace("</md:EntityDescriptor>", "<md:IDPSSODescriptor/></md:EntityDescriptor>"),
      /several/,
    ],
    [
      "of a service provider",
      () => metadata().replaceAll("IDPSSODescriptor", "SPSSODescriptor"),
      /no identity provider/,
    ],
    ["without an entity ID", () => metadata({ issuer: "" }), /entityID/],
    ["with an http address", () => metadata({ ssoUrl: "http://idp.example.com/sso" }), /https:/],
    ["with an address of ours", () => metadata({ ssoUrl: "https://10.0.0.1/sso" }), /public address/],
    ["with a script for an address", () => metadata({ ssoUrl: "javascript:alert(1)" }), /https:/],
    ["without HTTP-Redirect", () => metadata().replace("HTTP-Redirect", "HTTP-Artifact"), /HTTP-Redirect/],
    ["that wants signed requests", () => metadata().replace('"false"', '"true"'), /signed requests/],
    ["without a certificate", () => metadata({ certificates: [] }), /no signing certificate/],
    [
      "with one for encryption alone",
      () => metadata().replace("signing", "encryption"),
      /no signing certificate/,
    ],
    ["with what is no certificate", () => metadata({ certificates: ["AAAA"] }), /X509Certificate must be/],
    ["with three certificates", () => metadata({ certificates: [certificate, another, third] }), /3 signing/],
  ])("is refused %s", (_, text, why) => {
    expect(problems(text())).toEqual([expect.stringMatching(/^metadata /)]);
    expect(problems(text())?.[0]).toMatch(why);
  });

  it("is refused with the certificate of another kind of key, as ECDSA", async () => {
    const ecdsa = await makeEcdsaCertificate();
    expect(problems(metadata({ certificates: [ecdsa] }))?.[0]).toMatch(/RSA key/);
    expect(refusedFields({ ...saml(), certificates: [ecdsa] })).toEqual(["certificates.0"]);
  });

  it("leaves out certificates that have expired", async () => {
    const expired = (await makeSamlProvider({ expired: true })).certificate;
    const read = settingsFrom(metadata({ certificates: [expired, certificate, another] }));
    expect(read).toMatchObject({ certificates: { length: 2 } });
    expect(problems(metadata({ certificates: [expired] }))?.[0]).toMatch(/expired/);
  });
});

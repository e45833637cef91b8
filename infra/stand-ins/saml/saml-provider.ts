import { randomUUID, webcrypto } from "node:crypto";
import "reflect-metadata";
import * as x509 from "@peculiar/x509";
import { SignedXml } from "xml-crypto";

x509.cryptoProvider.set(webcrypto as Crypto);

const DAY_MS = 86_400_000;
const MINUTE_MS = 60_000;
const rsa = {
  name: "RSASSA-PKCS1-v1_5",
  hash: "SHA-256",
  publicExponent: new Uint8Array([1, 0, 1]),
  modulusLength: 2048,
};

const sha256 = {
  signature: "http://www.w3.org/2001/04/xmldsig-more#rsa-sha256",
  digest: "http://www.w3.org/2001/04/xmlenc#sha256",
};

/** What a response says; each attack of a test changes one of these. */
export interface Said {
  issuer: string;
  audience: string;
  recipient: string;
  /** The ID of the AuthnRequest; null for a sign-in that the provider starts on its own. */
  inResponseTo: string | null;
  nameId: string;
  nameIdFormat?: string;
  attributes?: Record<string, string>;
  assertionId?: string;
  at?: Date;
  lifeMs?: number;
  /** Of the response itself, which nobody signs. */
  outerInResponseTo?: string | null;
}

export interface Signing {
  algorithms?: { signature: string; digest: string };
  /** Does something to the assertion before it is signed. */
  before?: (assertion: string) => string;
}

export type SamlProvider = Awaited<ReturnType<typeof makeSamlProvider>>;

/** A company's identity provider that speaks SAML: it signs real assertions with a key of its own. */
export async function makeSamlProvider({ expired = false }: { expired?: boolean } = {}) {
  const keys = await webcrypto.subtle.generateKey(rsa, true, ["sign", "verify"]);
  const certificate = await x509.X509CertificateGenerator.createSelfSigned({
    serialNumber: "01",
    name: "CN=Identity provider of a test",
    notBefore: new Date(Date.now() - DAY_MS),
    notAfter: new Date(Date.now() + (expired ? -MINUTE_MS : DAY_MS)),
    keys,
    signingAlgorithm: rsa,
  });
  const pkcs8 = Buffer.from(await webcrypto.subtle.exportKey("pkcs8", keys.privateKey));
  const privateKey = `-----BEGIN PRIVATE KEY-----\n${pkcs8.toString("base64")}\n-----END PRIVATE KEY-----\n`;

  const sign = (xml: string, { algorithms = sha256 }: Signing = {}): string => {
    const signed = new SignedXml({
      privateKey,
      signatureAlgorithm: algorithms.signature,
      canonicalizationAlgorithm: "http://www.w3.org/2001/10/xml-exc-c14n#",
    });
    signed.addReference({
      xpath: "//*[local-name(.)='Assertion']",
      digestAlgorithm: algorithms.digest,
      transforms: [
        "http://www.w3.org/2000/09/xmldsig#enveloped-signature",
        "http://www.w3.org/2001/10/xml-exc-c14n#",
      ],
    });
    signed.computeSignature(xml, {
      location: { reference: "//*[local-name(.)='Assertion']/*[local-name(.)='Issuer']", action: "after" },
    });
    return signed.getSignedXml();
  };

  return {
    /** PEM. */
    certificate: certificate.toString("pem"),
    /** A response with one signed assertion, as XML. */
    respond: (said: Said, { before = (text) => text, ...signing }: Signing = {}): string =>
      responseOf(said, sign(before(assertionOf(said)), signing)),
    /** The same, not signed. */
    claim: (said: Said): string => responseOf(said, assertionOf(said)),
  };
}

/** As some providers have it. We take none: it could verify no signature that we do. */
export async function makeEcdsaCertificate(): Promise<string> {
  const algorithm = { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" };
  const keys = await webcrypto.subtle.generateKey(algorithm, true, ["sign", "verify"]);
  const certificate = await x509.X509CertificateGenerator.createSelfSigned({
    serialNumber: "02",
    name: "CN=Identity provider with an elliptic curve",
    notBefore: new Date(Date.now() - DAY_MS),
    notAfter: new Date(Date.now() + DAY_MS),
    keys,
    signingAlgorithm: algorithm,
  });
  return certificate.toString("pem");
}

/** As browsers post it. */
export const posted = (xml: string): string => Buffer.from(xml).toString("base64");

/** A provider's metadata, as Okta, Entra ID and Keycloak write it; each test of it changes something. */
export function metadataOf({
  issuer,
  ssoUrl = "https://idp.example.com/sso",
  certificates,
  more = "",
}: {
  issuer: string;
  ssoUrl?: string;
  /** PEM. */
  certificates: readonly string[];
  more?: string;
}): string {
  const keys = certificates
    .map((pem) => pem.replaceAll(/-----[A-Z ]+-----/g, ""))
    .map(
      (text) =>
        `<md:KeyDescriptor use="signing"><ds:KeyInfo xmlns:ds="http://www.w3.org/2000/09/xmldsig#"><ds:X509Data><ds:X509Certificate>${text}</ds:X509Certificate></ds:X509Data></ds:KeyInfo></md:KeyDescriptor>`,
    )
    .join("");
  const binding = "urn:oasis:names:tc:SAML:2.0:bindings";
  return `<?xml version="1.0" encoding="UTF-8"?>
<!-- A provider. -->
<md:EntityDescriptor xmlns:md="urn:oasis:names:tc:SAML:2.0:metadata" entityID="${issuer}"><md:IDPSSODescriptor WantAuthnRequestsSigned="false" protocolSupportEnumeration="urn:oasis:names:tc:SAML:2.0:protocol">${keys}${more}<md:NameIDFormat>urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress</md:NameIDFormat><md:SingleSignOnService Binding="${binding}:HTTP-POST" Location="https://idp.example.com/post"/><md:SingleSignOnService Binding="${binding}:HTTP-Redirect" Location="${ssoUrl}"/></md:IDPSSODescriptor></md:EntityDescriptor>`;
}

const answerTo = (request: string | null) => (request === null ? "" : ` InResponseTo="${request}"`);

function responseOf(said: Said, assertion: string): string {
  const { issuer, recipient, inResponseTo, outerInResponseTo = inResponseTo, at = new Date() } = said;
  return `<samlp:Response xmlns:samlp="urn:oasis:names:tc:SAML:2.0:protocol" ID="_${randomUUID()}" Version="2.0" IssueInstant="${at.toISOString()}" Destination="${recipient}"${answerTo(outerInResponseTo)}><saml:Issuer xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion">${issuer}</saml:Issuer><samlp:Status><samlp:StatusCode Value="urn:oasis:names:tc:SAML:2.0:status:Success"/></samlp:Status>${assertion}</samlp:Response>`;
}

function assertionOf({
  issuer,
  audience,
  recipient,
  inResponseTo,
  nameId,
  nameIdFormat = "urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress",
  attributes = {},
  assertionId = `_${randomUUID()}`,
  at = new Date(),
  lifeMs = 5 * MINUTE_MS,
}: Said): string {
  const from = new Date(at.getTime() - 1_000).toISOString();
  const until = new Date(at.getTime() + lifeMs).toISOString();
  const statements = Object.entries(attributes)
    .map(
      ([name, value]) =>
        `<saml:Attribute Name="${name}"><saml:AttributeValue>${value}</saml:AttributeValue></saml:Attribute>`,
    )
    .join("");
  return `<saml:Assertion xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion" ID="${assertionId}" Version="2.0" IssueInstant="${at.toISOString()}"><saml:Issuer>${issuer}</saml:Issuer><saml:Subject><saml:NameID Format="${nameIdFormat}">${nameId}</saml:NameID><saml:SubjectConfirmation Method="urn:oasis:names:tc:SAML:2.0:cm:bearer"><saml:SubjectConfirmationData${answerTo(inResponseTo)} NotOnOrAfter="${until}" Recipient="${recipient}"/></saml:SubjectConfirmation></saml:Subject><saml:Conditions NotBefore="${from}" NotOnOrAfter="${until}"><saml:AudienceRestriction><saml:Audience>${audience}</saml:Audience></saml:AudienceRestriction></saml:Conditions><saml:AuthnStatement AuthnInstant="${at.toISOString()}"><saml:AuthnContext><saml:AuthnContextClassRef>urn:oasis:names:tc:SAML:2.0:ac:classes:Password</saml:AuthnContextClassRef></saml:AuthnContext></saml:AuthnStatement>${statements === "" ? "" : `<saml:AttributeStatement>${statements}</saml:AttributeStatement>`}</saml:Assertion>`;
}

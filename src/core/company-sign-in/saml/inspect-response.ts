import { AppError } from "../../platform";
import { parseXml } from "./read-xml";

/** Far above any real response. */
const MAX_CHARACTERS = 256 * 1024;

const DSIG = "http://www.w3.org/2000/09/xmldsig#";
const ASSERTION = "urn:oasis:names:tc:SAML:2.0:assertion";

const signatures: ReadonlySet<string | null> = new Set([
  "http://www.w3.org/2001/04/xmldsig-more#rsa-sha256",
  "http://www.w3.org/2001/04/xmldsig-more#rsa-sha512",
]);
const digests: ReadonlySet<string | null> = new Set([
  "http://www.w3.org/2001/04/xmlenc#sha256",
  "http://www.w3.org/2001/04/xmlenc#sha512",
]);
const canonical: ReadonlySet<string | null> = new Set([
  "http://www.w3.org/2001/10/xml-exc-c14n#",
  "http://www.w3.org/2000/09/xmldsig#enveloped-signature",
]);

const algorithms: ReadonlySet<string> = new Set(["SignatureMethod", "DigestMethod"]);

/** What the provider's administrator has to set otherwise, by the element that says so. */
const settings = {
  EncryptedAssertion:
    "Your company’s identity provider encrypts what it tells us, which we don’t take. Its administrator has to turn off the encryption of assertions for AgathaAI.",
  SignatureMethod:
    "Your company’s identity provider signs with an algorithm that we don’t take. Its administrator has to choose RSA with SHA-256 or SHA-512 for AgathaAI.",
} as const;

/** An honest provider with a setting that we do not take, or somebody who sends us anything: nothing of it is believed. */
function unsupported(param: keyof typeof settings): AppError {
  return new AppError("invalid_login", {
    public: settings[param],
    param,
    internal: `a SAML response with an unsupported ${param}`,
  });
}

/**
 * What a response must not have, wherever it is, before its signature is looked at: the library takes SHA-1, and whatever could
 * make two readers see two documents (comments, entities, a second assertion) is refused here. @throws Error that says why; an AppError for what
 * its provider can set otherwise.
 */
export function inspectResponse(base64: string): void {
  if (base64.length > MAX_CHARACTERS) throw new Error("the response is too large");
  const text = new TextDecoder("utf-8", { fatal: true }).decode(Buffer.from(base64, "base64"));
  // Document types, entities, comments and CDATA; processing instructions but for the declaration.
  if (text.includes("<!") || /<\?(?!xml\s)/.test(text)) throw new Error("markup that is not taken");
  const document = parseXml(text);
  const all = (namespace: string, name: string) => [
    ...Array.from(document.getElementsByTagNameNS(namespace, name)),
  ];
  const named = (name: string) => document.getElementsByTagNameNS("*", name).length;
  if (named("Response") !== 1 || document.documentElement.localName !== "Response")
    throw new Error("not one response");
  if (named("EncryptedAssertion") > 0) throw unsupported("EncryptedAssertion");
  if (named("Assertion") !== 1 || all(ASSERTION, "Assertion").length !== 1)
    throw new Error("not one assertion");
  const count = named("Signature");
  if (count < 1 || count > 2 || all(DSIG, "Signature").length !== count) throw new Error("not signed once");
  for (const [name, allowed] of [
    ["SignatureMethod", signatures],
    ["DigestMethod", digests],
    ["CanonicalizationMethod", canonical],
    ["Transform", canonical],
  ] as const) {
    const used = all(DSIG, name);
    if (used.length === 0 || used.length !== named(name)) throw new Error(`${name} is missing`);
    if (used.some((element) => !allowed.has(element.getAttribute("Algorithm"))))
      throw algorithms.has(name) ? unsupported("SignatureMethod") : new Error(`${name} is not taken`);
  }
}

import { parseXml } from "./read-xml";

/** Metadata of one provider has some ten thousand characters; that of a federation is not taken. */
export const MAX_METADATA = 256 * 1024;

const METADATA = "urn:oasis:names:tc:SAML:2.0:metadata";
const DSIG = "http://www.w3.org/2000/09/xmldsig#";
const REDIRECT = "urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Redirect";

/** What an identity provider's metadata says of it, unchecked. */
export interface ProviderMetadata {
  issuer: string;
  ssoUrl: string;
  /** Base64 of the signing certificates. */
  certificates: string[];
}

/** Why metadata is not taken, for whoever pasted it. */
export class MetadataError extends Error {}

/**
 * Reads an identity provider's metadata (SAML 2.0). Nothing outside the text is looked at: no document type, no entity, no address.
 * A signature over it is not verified: whoever may set the connection vouches for what they paste. @throws MetadataError.
 */
export function readMetadata(text: string): ProviderMetadata {
  const [provider, ...others] = elementsOf(parse(text), METADATA, "IDPSSODescriptor");
  if (provider === undefined) throw new MetadataError("describes no identity provider (IDPSSODescriptor)");
  if (others.length > 0) throw new MetadataError("describes several identity providers; paste that of one");
  if (/^(true|1)$/.test(provider.getAttribute("WantAuthnRequestsSigned") ?? ""))
    throw new MetadataError(
      "wants signed requests (WantAuthnRequestsSigned), which we don’t send; turn that off",
    );
  const entity = provider.parentNode;
  const issuer = isElement(entity) ? (entity.getAttribute("entityID") ?? "").trim() : "";
  if (issuer === "") throw new MetadataError("has no entityID");
  const redirect = elementsOf(provider, METADATA, "SingleSignOnService").find(
    (service) => service.getAttribute("Binding") === REDIRECT,
  );
  if (redirect === undefined)
    throw new MetadataError("has no SingleSignOnService with the binding HTTP-Redirect");
  return {
    issuer,
    ssoUrl: (redirect.getAttribute("Location") ?? "").trim(),
    certificates: signingCertificates(provider),
  };
}

function parse(text: string): Document {
  if (text.length > MAX_METADATA)
    throw new MetadataError(`must be at most ${MAX_METADATA / 1024} KB; paste the metadata of one provider`);
  const xml = text.replace(/^\uFEFF/, "").trim();
  // Comments alone: a document type could name entities, and files or addresses to read them from.
  if (/<!(?!--)/.test(xml)) throw new MetadataError("must have no document type, entities or CDATA");
  if (!xml.startsWith("<")) throw new MetadataError("must be XML");
  try {
    return parseXml(xml);
  } catch {
    throw new MetadataError("must be well-formed XML");
  }
}

/** A key without a use is for both. */
function signingCertificates(provider: Element): string[] {
  const keys = elementsOf(provider, METADATA, "KeyDescriptor").filter((key) => {
    const use = key.getAttribute("use");
    return use === null || use === "" || use === "signing";
  });
  const texts = keys
    .flatMap((key) => elementsOf(key, DSIG, "X509Certificate"))
    .map((element) => (element.textContent ?? "").replaceAll(/\s/g, ""));
  const certificates = [...new Set(texts)].filter((one) => one !== "");
  if (certificates.length === 0) throw new MetadataError("has no signing certificate");
  return certificates;
}

function elementsOf(parent: Document | Element, namespace: string, name: string): Element[] {
  return Array.from(parent.getElementsByTagNameNS(namespace, name));
}

function isElement(node: Node | null): node is Element {
  return node !== null && node.nodeType === node.ELEMENT_NODE;
}

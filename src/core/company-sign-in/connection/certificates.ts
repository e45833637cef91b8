import { X509Certificate } from "node:crypto";
import { z } from "zod";

/** RSA keys below this are no longer taken (NIST SP 800-131A). */
const MIN_BITS = 2_048;

/** A signing certificate of an identity provider: PEM, or the base64 inside it, as metadata has it. */
export const certificateSchema = z
  .string()
  .trim()
  .max(10_000, "must be at most 10000 characters")
  .transform((text, context) => {
    const problem = (message: string) => {
      context.issues.push({ code: "custom", message, input: text });
      return z.NEVER;
    };
    const certificate = parse(text);
    if (certificate === undefined) return problem("must be a certificate in PEM");
    const { asymmetricKeyType, asymmetricKeyDetails } = certificate.publicKey;
    if (asymmetricKeyType !== "rsa" || (asymmetricKeyDetails?.modulusLength ?? 0) < MIN_BITS)
      return problem("must have an RSA key of at least 2048 bits");
    return certificate.toString();
  });

function parse(text: string): X509Certificate | undefined {
  const body = text.includes("-----BEGIN")
    ? text
    : `-----BEGIN CERTIFICATE-----\n${text.replaceAll(/\s/g, "").replaceAll(/.{64}/g, "$&\n")}\n-----END CERTIFICATE-----`;
  try {
    return new X509Certificate(body);
  } catch {
    return undefined;
  }
}

/** What a certificate is recognized by. */
export function viewCertificate(pem: string): { fingerprint: string; expires_at: string } {
  const { fingerprint256, validTo } = new X509Certificate(pem);
  return { fingerprint: fingerprint256, expires_at: new Date(validTo).toISOString() };
}

export function isExpired(pem: string, now = new Date()): boolean {
  return new Date(new X509Certificate(pem).validTo) <= now;
}

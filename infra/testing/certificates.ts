import "reflect-metadata";
import { webcrypto } from "node:crypto";
import * as x509 from "@peculiar/x509";

x509.cryptoProvider.set(webcrypto as Crypto);

const algorithm = { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" };
const DAY_MS = 86_400_000;

/** PEM. */
export interface Credentials {
  cert: string;
  key: string;
}

export interface Authority {
  /** PEM. */
  certificate: string;
  issue(names: { dns?: string; ip?: string }, options?: { expired?: boolean }): Promise<Credentials>;
}

/** An authority of a test's own, and certificates of servers by it. */
export async function makeAuthority(): Promise<Authority> {
  const keys = await webcrypto.subtle.generateKey(algorithm, true, ["sign", "verify"]);
  const validity = { notBefore: new Date(Date.now() - DAY_MS), notAfter: new Date(Date.now() + DAY_MS) };
  const authority = await x509.X509CertificateGenerator.createSelfSigned({
    ...validity,
    serialNumber: "01",
    name: "CN=Authority of a test",
    keys,
    signingAlgorithm: algorithm,
    extensions: [new x509.BasicConstraintsExtension(true, 0, true)],
  });
  return {
    certificate: authority.toString("pem"),
    issue: async ({ dns, ip }, { expired = false } = {}) => {
      const own = await webcrypto.subtle.generateKey(algorithm, true, ["sign", "verify"]);
      const certificate = await x509.X509CertificateGenerator.create({
        notBefore: new Date(Date.now() - 2 * DAY_MS),
        notAfter: expired ? new Date(Date.now() - DAY_MS) : validity.notAfter,
        serialNumber: "02",
        subject: "CN=Server of a test",
        issuer: authority.subject,
        publicKey: own.publicKey,
        signingKey: keys.privateKey,
        signingAlgorithm: algorithm,
        extensions: [
          new x509.SubjectAlternativeNameExtension([
            ...(dns === undefined ? [] : [{ type: "dns" as const, value: dns }]),
            ...(ip === undefined ? [] : [{ type: "ip" as const, value: ip }]),
          ]),
        ],
      });
      const pkcs8 = Buffer.from(await webcrypto.subtle.exportKey("pkcs8", own.privateKey));
      const key = `-----BEGIN PRIVATE KEY-----\n${pkcs8.toString("base64")}\n-----END PRIVATE KEY-----\n`;
      return { cert: certificate.toString("pem"), key };
    },
  };
}

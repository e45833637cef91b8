import { generateKeyPairSync, randomBytes } from "node:crypto";
import { chmodSync, existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { z } from "zod";

const secretsSchema = z.object({
  masterKey: z.string(),
  blindIndexKey: z.string(),
  jwtPrivateKey: z.string(),
  nextauthSecret: z.string(),
  databasePassword: z.string(),
  databaseAppPassword: z.string(),
  demoPassword: z.string(),
  operatorPassword: z.string(),
});

export type LocalSecrets = z.output<typeof secretsSchema>;

/**
 * Keeps the known secrets and generates the missing ones: 256 bits (RSA: a 2,048-bit modulus), except the demo
 * passwords, which a person types.
 */
export function completeSecrets(known: Partial<LocalSecrets> = {}): LocalSecrets {
  return {
    masterKey: known.masterKey ?? randomBytes(32).toString("base64"),
    blindIndexKey: known.blindIndexKey ?? randomBytes(32).toString("base64"),
    jwtPrivateKey: known.jwtPrivateKey ?? generateRsaKey(),
    nextauthSecret: known.nextauthSecret ?? randomBytes(32).toString("base64url"),
    databasePassword: known.databasePassword ?? randomBytes(32).toString("base64url"),
    databaseAppPassword: known.databaseAppPassword ?? randomBytes(32).toString("base64url"),
    demoPassword: known.demoPassword ?? typeable(),
    operatorPassword: known.operatorPassword ?? typeable(),
  };
}

const generateRsaKey = () =>
  generateKeyPairSync("rsa", {
    modulusLength: 2048,
    privateKeyEncoding: { type: "pkcs8", format: "pem" },
    publicKeyEncoding: { type: "spki", format: "pem" },
  }).privateKey;

/** Four groups of five characters without look-alikes: 98 bits, and easy to copy from a terminal. */
function typeable(): string {
  const alphabet = "abcdefghjkmnpqrstuvwxyz23456789";
  const pick = () => {
    for (;;) {
      const byte = randomBytes(1)[0] ?? 255;
      if (byte < alphabet.length * 8) return alphabet[byte % alphabet.length];
    }
  };
  return Array.from({ length: 4 }, () => Array.from({ length: 5 }, pick).join("")).join("-");
}

/**
 * Reads the secrets of a local installation, or generates them on the first start (mode 0600, parent folder 0700).
 * @throws when the file exists but cannot be read: new secrets would silently lose every encrypted row.
 */
export function loadSecrets(file: string): LocalSecrets {
  if (!existsSync(file)) {
    mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
    return save(file, completeSecrets());
  }
  chmodSync(file, 0o600);
  const stored = secretsSchema.partial().safeParse(parseJson(readFileSync(file, "utf8")));
  if (!stored.success) {
    throw new Error(
      `${file} is damaged, and the local data cannot be decrypted without it. Restore it from a backup, or start over with: npm run reset`,
    );
  }
  const known = Object.fromEntries(Object.entries(stored.data).filter(([, value]) => value !== undefined));
  const complete = completeSecrets(known);
  // A file of an older version has fewer secrets; they are kept and the new ones added.
  return Object.keys(known).length === Object.keys(complete).length ? complete : save(file, complete);
}

function save(file: string, secrets: LocalSecrets): LocalSecrets {
  const draft = `${file}.${process.pid}.new`;
  writeFileSync(draft, `${JSON.stringify(secrets, null, 2)}\n`, { mode: 0o600 });
  renameSync(draft, file);
  return secrets;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** The secrets as environment variables (src/core/platform/env.ts). */
export function secretsAsEnv(secrets: LocalSecrets): Record<string, string> {
  return {
    MASTER_KEY: secrets.masterKey,
    BLIND_INDEX_KEY: secrets.blindIndexKey,
    JWT_PRIVATE_KEY: secrets.jwtPrivateKey,
    NEXTAUTH_SECRET: secrets.nextauthSecret,
  };
}

import { generateKeyPairSync, randomBytes } from "node:crypto";

// `node infra/docker/box/sample-env.mjs agathaai.example.com > .env`: what one box needs (compose.yaml), with keys of its own.
// Mail, Stripe and providers are filled in by hand; without them the box starts, and says what is missing when it is asked.
const [, , domain] = process.argv;
if (domain === undefined || !/^[a-z0-9.-]+$/i.test(domain)) {
  console.error("Usage: node infra/docker/box/sample-env.mjs <domain>");
  process.exit(64);
}
const secret = (bytes, encoding = "base64") => randomBytes(bytes).toString(encoding);
const { privateKey } = generateKeyPairSync("rsa", { modulusLength: 2_048 });
const pem = privateKey.export({ type: "pkcs8", format: "pem" });

const variables = {
  DOMAIN: domain,
  // They stand in addresses: letters and digits alone.
  OWNER_PASSWORD: secret(24, "hex"),
  APP_PASSWORD: secret(24, "hex"),
  S3_ACCESS_KEY: secret(10, "hex"),
  S3_SECRET_KEY: secret(20, "hex"),
  MASTER_KEY: secret(32),
  BLIND_INDEX_KEY: secret(32),
  DERIVATION_KEY: secret(32),
  NEXTAUTH_SECRET: secret(32),
  JWT_PRIVATE_KEY: pem.trim().replaceAll("\n", "\\n"),
  METRICS_TOKEN: secret(24, "hex"),
  SMTP_URL: "smtps://user:password@smtp.example.com:465",
};
for (const [name, value] of Object.entries(variables)) console.log(`${name}="${value}"`);

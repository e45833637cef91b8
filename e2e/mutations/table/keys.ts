import type { Mutation } from "../mutation";

const secretTest = "src/core/keys/verify/key-secret.test.ts";
const useTest = "src/core/keys/create-and-use.integration.test.ts";
const leaksTest = "src/core/leaks/leaks.integration.test.ts";

export const ofKeys: readonly Mutation[] = [
  {
    statement: 1,
    protection: "a secret is long enough",
    file: "src/core/platform/crypto/checked-secret.ts",
    find: "const RANDOM_LENGTH = 32;",
    replace: "const RANDOM_LENGTH = 12;",
    test: {
      file: secretTest,
      title: "a secret names its environment and carries 32 random characters and a checksum",
    },
  },
  {
    statement: 1,
    protection: "it comes from a cryptographic generator",
    file: "src/core/platform/crypto/checked-secret.ts",
    find: "BASE62.charAt(randomInt(BASE62.length))",
    replace: "BASE62.charAt(Math.floor(Math.random() * BASE62.length))",
    test: {
      file: secretTest,
      title: "the random part comes from the cryptographic generator, and not from Math.random",
    },
  },
  {
    statement: 2,
    protection: "the stored hash is SHA-256",
    file: "src/core/platform/crypto/hash.ts",
    find: 'hash("sha256", data, "binary")',
    replace: 'hash("md5", data, "binary")',
    test: { file: useTest, title: "shows the secret once; it works, and only its hash is stored" },
  },
  {
    statement: 3,
    protection: "the checksum is looked at before the database",
    file: "src/core/keys/verify/key-secret.ts",
    find: "return SECRET.test(text) && endsWithChecksum(text);",
    replace: "return SECRET.test(text);",
    test: {
      file: useTest,
      title:
        "asks the database nothing for a secret with a wrong checksum, and once for an unknown one with a right checksum",
    },
  },
  {
    statement: 4,
    protection: "a row holds the beginning and the end of a secret only",
    file: "src/core/platform/crypto/checked-secret.ts",
    find: "prefix: secret.slice(0, random + 4)",
    replace: "prefix: secret",
    test: {
      file: "e2e/api/privacy/plaintext.test.ts",
      title: "appear in no log line and no column, whether a request completes or fails",
    },
  },
  {
    statement: 4,
    protection: "a log line leaves secrets out",
    file: "src/core/platform/observability/log.ts",
    find: 'censor: "[redacted]"',
    replace: "censor: (secret) => secret",
    test: {
      file: "src/core/platform/observability/log.test.ts",
      title:
        "in ECS form an error brings nothing along that the other form leaves out, and secrets are redacted",
    },
  },
  {
    statement: 5,
    protection: "the form of keys is the published one",
    file: "src/core/keys/verify/key-secret.ts",
    find: 'const KEY_PREFIX = "agt_";',
    replace: 'const KEY_PREFIX = "ag_";',
    test: { file: secretTest, title: "the published pattern finds every key, whole, in whatever it stands" },
  },
  {
    statement: 5,
    protection: "a reported key is revoked",
    file: "src/core/keys/manage/end-leaked-key.ts",
    find: "where: known, data: { revokedAt: now }",
    replace: "where: known, data: {}",
    test: {
      file: leaksTest,
      title: "a reported key ends at once, its neighbors go on, and the log says who reported what",
    },
  },
  {
    statement: 5,
    protection: "its owners are told",
    file: "src/core/keys/manage/end-leaked-key.ts",
    find: "  emailLeakedKey(db, {",
    replace: "  (() => {})({",
    test: {
      file: leaksTest,
      title:
        "its creator and the owners are emailed once, without the secret, its name or where it was found",
    },
  },
  {
    statement: 6,
    protection: "what a process knows of a key is five seconds old at most",
    file: "src/core/keys/verify/verify-api-key.ts",
    find: "const MAX_AGE_MS = 5 * SECOND;",
    replace: "const MAX_AGE_MS = 300 * SECOND;",
    test: { file: useTest, title: "is refused within five seconds of a revocation by another process" },
  },
  {
    statement: 7,
    protection: "a key gets no scope that its creator lacks",
    file: "src/core/keys/manage/key-manager.ts",
    find: "key.scopes.find((scope) => !manager.scopes.has(scope))",
    replace: "key.scopes.find(() => false)",
    test: { file: useTest, title: "never gives more than its creator has, nor what belongs to people" },
  },
  {
    statement: 7,
    protection: "a session's token is no API key",
    file: "src/server/auth/principal.ts",
    find: "if (apiKey !== undefined) return await verifyApiKey(db(), apiKey, { ip });",
    replace:
      "if (apiKey !== undefined) return isToken(apiKey) ? await byAccessToken(apiKey) : await verifyApiKey(db(), apiKey, { ip });",
    test: {
      file: "src/server/auth/principal.integration.test.ts",
      title: "refused with 401: %s",
      row: "a token in x-api-key",
    },
  },
];

import { spawnSync } from "node:child_process";
import { readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { generateKeySecret, isKeySecret } from "../../src/core/keys";
import { ROOT } from "../commands/build";

const MAX_BYTES = 2 * 1024 * 1024;

/** What a secret looks like that somebody pasted; each with what makes it a real one. */
const forms: { what: string; form: RegExp; isReal?: (found: string) => boolean }[] = [
  {
    what: "an API key of ours",
    form: /agt_(?:live|test)_(?:[a-z][a-z0-9]{1,7}_)?[0-9A-Za-z]{38}/g,
    isReal: isKeySecret,
  },
  { what: "a private key", form: /-----BEGIN [A-Z ]*PRIVATE KEY-----\\?n?\s*[A-Za-z0-9+/=]{60,}/g },
  {
    what: "an AWS access key",
    form: /\b(?:AKIA|ASIA)[0-9A-Z]{16}\b/g,
    isReal: (key) => !key.includes("EXAMPLE"),
  },
  { what: "a key of Stripe", form: /\b[sr]k_live_[0-9A-Za-z]{24,}/g },
  { what: "a key of OpenAI", form: /\bsk-(?:proj|svcacct|admin)-[\w-]{80,}/g },
  { what: "a key of Google", form: /\bAIza[\w-]{35}\b/g },
  { what: "a token of GitHub", form: /\b(?:gh[pousr]_[0-9A-Za-z]{36}|github_pat_\w{60,})\b/g },
  { what: "a token of Slack", form: /\bxox[abprs]-[\w-]{20,}/g },
  { what: "a token of npm", form: /\bnpm_[0-9A-Za-z]{36}\b/g },
];

function secretsIn(text: string): string[] {
  return forms.flatMap(({ what, form, isReal = () => true }) =>
    (text.match(form) ?? []).filter(isReal).map((found) => `${what}: ${found.slice(0, 12)}…`),
  );
}

const listed = spawnSync("git", ["ls-files", "-z"], { cwd: ROOT, encoding: "utf8", maxBuffer: 64 << 20 });

it.skipIf(listed.status !== 0)("no file of the repository holds a secret", () => {
  const files = listed.stdout.split("\0").filter((name) => name !== "");
  expect(files.length).toBeGreaterThan(1_000);
  const found = files.flatMap((name) => {
    const path = join(ROOT, name);
    const stats = statSync(path, { throwIfNoEntry: false });
    if (stats === undefined || !stats.isFile() || stats.size > MAX_BYTES) return [];
    return secretsIn(readFileSync(path, "latin1")).map((secret) => `${name}: ${secret}`);
  });
  expect(found).toEqual([]);
});

it("a pasted secret is found, whatever surrounds it", async () => {
  const { generateKeyPairSync } = await import("node:crypto");
  const { privateKey } = generateKeyPairSync("rsa", {
    modulusLength: 2_048,
    publicKeyEncoding: { type: "spki", format: "pem" },
    privateKeyEncoding: { type: "pkcs8", format: "pem" },
  });
  const planted = [
    generateKeySecret("live"),
    generateKeySecret("test", "eu"),
    privateKey,
    privateKey.replaceAll("\n", "\\n"),
    `AKIA${"Q7".repeat(8)}`,
    `sk_live_${"a1".repeat(16)}`,
    `AIza${"b".repeat(35)}`,
    `ghp_${"c".repeat(36)}`,
  ];
  for (const secret of planted) expect(secretsIn(`const key = "${secret}";`), secret).toHaveLength(1);
});

import type { Mutation } from "../mutation";

const walk = "src/core/audit/verify/chain-walk.ts";
const auditTest = "src/core/audit/audit.integration.test.ts";
const names = (row: string) => ({ file: auditTest, title: "names %s", row });
const privacyTest = "src/core/privacy/privacy.integration.test.ts";

export const ofPrivacy: readonly Mutation[] = [
  {
    statement: 39,
    protection: "a changed entry is found",
    file: walk,
    find: "constantTimeEqual(chainHash(row, key), row.hash)",
    replace: "constantTimeEqual(row.hash, row.hash)",
    test: names("a changed detail"),
  },
  {
    statement: 39,
    protection: "a missing one is",
    file: walk,
    find: "if (row.sequence !== expected) return removed(expected, row.sequence - 1n, row);",
    replace: "",
    test: names("a row taken out"),
  },
  {
    statement: 39,
    protection: "one at another place is",
    file: "src/core/audit/record/chain-hash.ts",
    find: "    row.sequence.toString(),\n",
    replace: "",
    test: names("rows closed up after one was taken out"),
  },
  {
    statement: 39,
    protection: "the head that was written elsewhere counts",
    file: walk,
    find: "if (farthest !== undefined && farthest.sequence > reached) {",
    replace: "if (farthest !== undefined && farthest.sequence < 0n) {",
    test: {
      file: "src/core/audit/verify/tampering.integration.test.ts",
      title: "uncover an end that was cut off with its head put back",
    },
  },
  {
    statement: 40,
    protection: "an address goes into the chain under its person's own key",
    file: "src/core/accounts/sign-in/ip-fingerprint.ts",
    find: 'return { address: textOf(await fingerprint(db, subject, "address", blockOf(ip))) };',
    replace: "return { address: ipFingerprint(ip) };",
    test: {
      file: "src/core/accounts/sign-in/ip-detail.integration.test.ts",
      title:
        "is encrypted under the person's own key before the chain is hashed, and unconfirmable once that key is destroyed, while the chain stays whole",
    },
  },
  {
    statement: 40,
    protection: "a text opens in its own place only",
    file: "src/core/platform/crypto/field.ts",
    find: 'const place = Buffer.from(aad, "utf8");',
    replace: 'const place = Buffer.from(aad.slice(0, 0), "utf8");',
    test: {
      file: privacyTest,
      title: "do not open in another row, another column, or for another subject",
    },
  },
  {
    statement: 41,
    protection: "an erasure destroys the wrapped key",
    file: "src/core/privacy/data-key.ts",
    find: "      wrappedKey: null,\n",
    replace: "",
    test: { file: privacyTest, title: "makes everything encrypted for the subject unreadable, and says so" },
  },
  {
    statement: 41,
    protection: "what a backup brings back is erased again",
    file: "src/core/org-deletion/repeat-erasures.ts",
    find: "      await erase(db, tombstone, clock);\n",
    replace: "",
    test: {
      file: "src/core/org-deletion/erased-stays-erased.integration.test.ts",
      title:
        "when an older database is put back: nothing of it can be read or confirmed once a process has started",
    },
  },
];

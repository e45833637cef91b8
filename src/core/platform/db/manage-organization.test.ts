import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";

const CORE = join(import.meta.dirname, "../..");
const sources = readdirSync(CORE, { recursive: true, encoding: "utf8" })
  .filter((file) => file.endsWith(".ts") && !file.endsWith(".test.ts") && !file.includes("generated"))
  .map((file) => ({ file, text: readFileSync(join(CORE, file), "utf8") }));
const having = (pattern: RegExp) =>
  sources
    .filter(({ text }) => pattern.test(text))
    .map(({ file }) => file)
    .sort();

it("the manager's wall is left in these places, each for a reason that it states", () => {
  const withReason = having(/await leaveManagersWall\(\s*tx,\s*"[^"]{20,}",?\s*\);/);
  expect(withReason).toEqual([
    "company-sign-in/change-company.ts",
    "members/membership/leave-organization.ts",
    "members/membership/remove-member.ts",
    "org-deletion/delete-organization.ts",
  ]);
  expect(having(/await leaveManagersWall\(/)).toEqual(withReason);
});

it("who else locks an organization is no manager of it: a leak, somebody who joins, a person in all of theirs", () => {
  expect(having(/FROM organizations\b[^`]*FOR NO KEY UPDATE/)).toEqual([
    "company-sign-in/directory/tokens/end-leaked-token.ts",
    "company-sign-in/sign-in/join-company.ts",
    "keys/manage/end-leaked-key.ts",
    "members/invitations/accept-invitation.ts",
    "members/membership/revoke-keys-and-invitations.ts",
    "oauth/apps/end-leaked-secret.ts",
    "org-deletion/erasure/erase-account.ts",
    "orgs/lock-organization.ts",
    "service-accounts/end-leaked.ts",
  ]);
});

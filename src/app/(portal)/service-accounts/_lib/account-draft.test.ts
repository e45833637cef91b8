import { keyScopes } from "@agathaai/core/keys";
import { expect, it } from "vitest";
import { scopes } from "@/shared/permissions";
import { accountDraftSchema, emptyAccountDraft, givableScopes } from "./account-draft";

it("a member can give what a program can have, as far as their own role has it", () => {
  expect(givableScopes(new Set(scopes))).toEqual(keyScopes);
  expect(givableScopes(new Set(["models:read", "members:write"]))).toEqual(["models:read"]);
});

it("a name and one scope are asked for", () => {
  const problems = accountDraftSchema.safeParse({ ...emptyAccountDraft, scopes: [] }).error?.issues;
  expect(problems?.map(({ path }) => path[0])).toEqual(["name", "scopes"]);
  expect(accountDraftSchema.safeParse({ ...emptyAccountDraft, name: "Reports" }).success).toBe(true);
});

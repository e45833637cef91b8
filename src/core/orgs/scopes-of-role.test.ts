import { expect, test } from "vitest";
import { scopesOfRole } from "./scopes-of-role";

test("owners, admins and developers manage keys; billing and viewers do not", () => {
  const managers = Object.entries(scopesOfRole).filter(([, scopes]) => scopes.includes("keys:write"));
  expect(managers.map(([role]) => role)).toEqual(["owner", "admin", "developer"]);
});

test("a viewer changes nothing and only billing, owners and admins touch payment", () => {
  expect(scopesOfRole.viewer.filter((scope) => scope.endsWith(":write"))).toEqual([]);
  const payers = Object.entries(scopesOfRole).filter(([, scopes]) => scopes.includes("billing:write"));
  expect(payers.map(([role]) => role)).toEqual(["owner", "admin", "billing"]);
});

import { expect, test } from "vitest";
import { roles, rolesToAssign } from "./roles";

test("owners can assign every role, admins every role but owner, others none", () => {
  expect(rolesToAssign("owner")).toEqual(roles.map(({ value }) => value));
  expect(rolesToAssign("admin")).not.toContain("owner");
  for (const role of ["developer", "billing", "viewer", undefined] as const)
    expect(rolesToAssign(role)).toEqual([]);
});

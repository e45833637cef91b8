import { expect, test } from "vitest";
import { roles, rolesToGive } from "./roles";

test("owners can give every role, admins every role but owner, others none", () => {
  expect(rolesToGive("owner")).toEqual(roles.map(({ value }) => value));
  expect(rolesToGive("admin")).not.toContain("owner");
  for (const role of ["developer", "billing", "viewer", undefined] as const)
    expect(rolesToGive(role)).toEqual([]);
});

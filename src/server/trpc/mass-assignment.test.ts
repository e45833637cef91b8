import { describe, expect, it } from "vitest";
import { z } from "zod";
import { declaredProcedures } from "./testing/declared-procedures";

/** What a caller would like to set on themselves (OWASP API3:2023). */
const coveted = [
  "plan",
  "role",
  "credit_limit",
  "creditLimit",
  "org_id",
  "user_id",
  "email_verified",
  "suspended_at",
];

/** The calls that are about one of these, and what decides who may make them. */
const declared: Record<string, string[]> = {
  // The plan that is bought: Stripe decides, by what was paid.
  "billing.checkout": ["plan"],
  "billing.preview": ["plan"],
  "billing.change": ["plan"],
  // Another member's; given by owners and admins, never above their own.
  "directory.setGroupRole": ["role"],
  "team.invite": ["role"],
  "team.changeRole": ["role", "user_id"],
  "team.transferOwnership": ["user_id"],
  "team.remove": ["user_id"],
  // Operators alone.
  "operators.overridePlan": ["plan"],
};

/** Reads nothing that is sent: clients of OpenAI may add what they like. */
const readsNothing = "gateway.models";

describe("mass assignment", () => {
  it.each(declaredProcedures.filter(({ name, input }) => input !== undefined && name !== readsNothing))(
    "$name refuses every field that it does not declare",
    ({ name, input }) => {
      const sent = Object.fromEntries(coveted.map((field) => [field, "x"]));
      const { error } = z.instanceof(z.ZodType).parse(input).safeParse(sent);
      const refused = error?.issues.flatMap((issue) =>
        issue.code === "unrecognized_keys" ? issue.keys : [],
      );
      expect(refused?.toSorted(), name).toEqual(
        coveted.filter((field) => !declared[name]?.includes(field)).toSorted(),
      );
    },
  );
});

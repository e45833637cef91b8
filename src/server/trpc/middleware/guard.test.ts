import { scopes, type UserPrincipal } from "@agathaai/core/platform";
import { expect, test, vi } from "vitest";
import type { Meta } from "../meta";
import { declaredProcedures as procedures } from "../testing/declared-procedures";
import { enter } from "./guard";

vi.mock("@agathaai/core/platform/env", async (load) => ({
  ...(await load<typeof import("@agathaai/core/platform/env")>()),
  env: () => ({ SALES_EMAIL: "support@example.com" }),
}));

const person: UserPrincipal = {
  kind: "session",
  userId: "u",
  sessionId: "s",
  orgId: "o",
  role: "owner",
  plan: "free",
  requestsPerMinute: 10,
  environment: "live",
  emailVerified: true,
  operator: true,
  secondFactor: true,
  scopes: new Set(scopes),
};

/** No database is asked: the refusal comes before any limit is counted. */
const refused = async (meta: Meta, of: "account" | "organization") => {
  const suspension = { of, reason: "Fraud", since: "2026-11-26T00:00:00Z" };
  const principal = { ...person, suspension };
  return await enter({ principal } as Parameters<typeof enter>[0], meta).then(
    () => undefined,
    (error: unknown) => (error instanceof Error && "code" in error ? error.code : "no refusal"),
  );
};

test("in a suspended organization a person can leave it for another, and call nothing else", async () => {
  const open: string[] = [];
  for (const { name, meta } of procedures.filter(({ meta }) => meta.access?.kind !== "public")) {
    if ((await refused(meta, "organization")) !== "suspended") open.push(name);
  }
  expect(open.toSorted()).toEqual(["team.organizations", "team.switchOrganization"]);
});

test("with a suspended account a person can call nothing", async () => {
  for (const { name, meta } of procedures.filter(({ meta }) => meta.access?.kind !== "public")) {
    expect(await refused(meta, "account"), name).toBe("suspended");
  }
});

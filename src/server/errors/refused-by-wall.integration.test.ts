import { lockOrganization } from "@agathaai/core/orgs";
import { newId } from "@agathaai/core/platform";
import { closeDb, db, type Tx } from "@agathaai/core/platform/db/client";
import { afterAll, beforeAll, expect, it } from "vitest";
import { makeUser } from "../../../infra/testing/make-user";
import { useTestStack } from "../../../infra/testing/use-test-stack";
import { toAppError } from "./to-app-error";

await useTestStack();
afterAll(closeDb);

let orgs: string[];
beforeAll(async () => {
  orgs = [(await makeUser()).orgId, (await makeUser()).orgId];
});

/** Writes that a change of the first organization would make by mistake. */
const mistakes: [string, (tx: Tx, other: string) => Promise<unknown>][] = [
  [
    "a row of another organization",
    (tx, orgId) =>
      tx.customRole.create({
        data: {
          ...{ id: newId(), orgId, name: "Support", base: "viewer", permissions: [] },
          ...{ createdAt: new Date(), updatedAt: new Date() },
        },
      }),
  ],
  [
    "a statement by hand",
    (tx, orgId) => tx.$executeRaw`INSERT INTO custom_roles (org_id) VALUES (${orgId}::uuid)`,
  ],
  ["a table that is not for managers", (tx) => tx.inferenceRequest.count()],
];

it.each(mistakes)("%s is refused as a defect of ours that says nothing of SQL", async (_what, mistake) => {
  const [orgId = "", other = ""] = orgs;
  const thrown: unknown = await db()
    .$transaction(async (tx) => {
      await lockOrganization(tx, { orgId, userId: null });
      await mistake(tx, other);
    })
    .then(
      () => undefined,
      (error: unknown) => error,
    );
  const { code, status, public: told, internal } = toAppError(thrown);
  expect({ code, status }).toEqual({ code: "internal_error", status: 500 });
  expect(told).not.toMatch(/row-level|policy|permission|custom_roles|inference_requests/);
  expect(internal).toContain("reached for another organization");
});

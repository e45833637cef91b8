import { expect, test, vi } from "vitest";
import { useTestStack } from "../../../../infra/testing/use-test-stack";
import { createDb } from "./client";

const stack = await useTestStack();

test("a client runs named statements for every copy of this module: Next bundles its own", async () => {
  const db = createDb({ url: stack.databaseUrl, poolMax: 1 });
  vi.resetModules();
  const copy = await import("./client");
  expect(copy.createDb).not.toBe(createDb);
  const rows = await copy.queryNamed(db, { name: "two_bundles", text: "SELECT 1 AS one", values: [] });
  expect(rows).toEqual([{ one: 1 }]);
  await db.$disconnect();
});

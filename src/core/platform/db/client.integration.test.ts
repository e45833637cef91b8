import { expect, test } from "vitest";
import { useTestStack } from "../../../../infra/testing/use-test-stack";
import { createDb } from "./client";

const { databaseUrl: url } = await useTestStack();

async function settingOf(db: ReturnType<typeof createDb>, name: string): Promise<string | undefined> {
  const [row] = await db.$queryRaw<{ value: string }[]>`SELECT current_setting(${name}) AS value`;
  return row?.value;
}

test("where callers wait, a statement has an end and one process; a job has neither bound", async () => {
  const [callers, jobs] = [
    createDb({ url, poolMax: 1, queryTimeoutMs: 1_500 }),
    createDb({ url, poolMax: 1 }),
  ];
  try {
    expect(await settingOf(callers, "statement_timeout")).toBe("1500ms");
    expect(await settingOf(callers, "max_parallel_workers_per_gather")).toBe("0");
    expect(await settingOf(jobs, "statement_timeout")).toBe("0");
    expect(await settingOf(jobs, "max_parallel_workers_per_gather")).not.toBe("0");
    for (const db of [callers, jobs]) expect(await settingOf(db, "TimeZone")).toBe("UTC");
  } finally {
    await Promise.all([callers.$disconnect(), jobs.$disconnect()]);
  }
});

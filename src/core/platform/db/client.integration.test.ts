import { setTimeout as sleep } from "node:timers/promises";
import { expect, test, vi } from "vitest";
import { useTestStack } from "../../../../infra/testing/use-test-stack";
import { createDb, queryNamed, transactNamed } from "./client";

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

const ask = (db: ReturnType<typeof createDb>, text: string) =>
  queryNamed<{ value: string }>(db, { name: "asked", text, values: [] });

test("a named statement has the same bounds, is planned once, and is no more once the client has ended", async () => {
  const db = createDb({ url, poolMax: 2, queryTimeoutMs: 1_500 });
  const text = `SELECT concat_ws(' ', current_setting('statement_timeout'), current_setting('TimeZone'),
    current_setting('max_parallel_workers_per_gather'), current_setting('plan_cache_mode')) AS value`;
  expect(await settingOf(db, "plan_cache_mode")).toBe("auto");
  expect(await ask(db, text)).toEqual([{ value: "1500ms UTC 0 force_generic_plan" }]);
  await db.$disconnect();
  await expect(ask(db, text)).rejects.toThrow();
});

test("a named statement's connection that PostgreSQL has ended is replaced, and the process goes on", async () => {
  const [db, other] = [createDb({ url, poolMax: 1 }), createDb({ url, poolMax: 1 })];
  try {
    const pid = "SELECT pg_backend_pid()::text AS value";
    const [first] = await ask(db, pid);
    await other.$queryRaw`SELECT pg_terminate_backend(${Number(first?.value)}::int)`;
    await expect.poll(() => ask(db, pid).catch(() => [first])).not.toEqual([first]);
  } finally {
    await Promise.all([db.$disconnect(), other.$disconnect()]);
  }
});

test("a transaction whose connection PostgreSQL ends between two statements fails, and the process goes on", async () => {
  const [db, other] = [createDb({ url, poolMax: 1 }), createDb({ url, poolMax: 1 })];
  try {
    const cut = transactNamed(db, async (query) => {
      const [row] = await query<{ pid: number }>({
        name: "pid",
        text: "SELECT pg_backend_pid() AS pid",
        values: [],
      });
      await other.$queryRaw`SELECT pg_terminate_backend(${row?.pid ?? 0}::int)`;
      // Nothing is asked while the connection ends: without a listener that would be the end of the process.
      await sleep(300);
      return query({ name: "one", text: "SELECT 1 AS one", values: [] });
    });
    await expect(cut).rejects.toThrow();
    expect(await ask(db, "SELECT 'again' AS value")).toEqual([{ value: "again" }]);
  } finally {
    await Promise.all([db.$disconnect(), other.$disconnect()]);
  }
});

test("another copy of this module, as Next bundles one, finds the connections of the same client", async () => {
  const db = createDb({ url, poolMax: 1 });
  try {
    vi.resetModules();
    const copy = await import("./client");
    expect(copy.queryNamed).not.toBe(queryNamed);
    const rows = await copy.queryNamed(db, { name: "one", text: "SELECT 1 AS one", values: [] });
    expect(rows).toEqual([{ one: 1 }]);
  } finally {
    await db.$disconnect();
  }
});

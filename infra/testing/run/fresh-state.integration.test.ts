import pg from "pg";
import { expect, inject, test } from "vitest";

const host = globalThis as typeof globalThis & {
  agathaSingletons?: Map<string, { value: unknown }>;
  agathaProcessEndings?: Set<unknown>;
};

test("a file finds no singleton that an earlier file of its process has made", () => {
  const made = [...(host.agathaSingletons ?? [])].filter(([, { value }]) => value !== undefined);
  expect(made.map(([name]) => name)).toEqual([]);
});

test("a file finds no process that an earlier file of its worker has started", () => {
  expect(host.agathaProcessEndings?.size ?? 0).toBe(0);
});

test("a file finds no database that an earlier file of its process has left", async () => {
  const { databaseUrl } = inject("sharedServices");
  const client = new pg.Client({ connectionString: databaseUrl.replace(/DATABASE$/, "postgres") });
  await client.connect();
  const { rows } = await client.query("SELECT datname FROM pg_database WHERE datname LIKE $1", [
    `test_${process.pid}_%`,
  ]);
  await client.end();
  expect(rows).toEqual([]);
});

import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import pg from "pg";
import { afterAll, expect, test } from "vitest";
import { startPostgres } from "./postgres";
import { removeCluster } from "./postgres-host";

// As root the folder cannot be reached by the database's account, and the cluster is placed elsewhere: both are tested.
const home = mkdtempSync(join(tmpdir(), "agathaai-postgres-"));
const options = {
  dir: join(home, "postgres"),
  port: 0,
  password: "p@ss/word",
  logFile: join(home, "postgres.log"),
};

afterAll(() => {
  removeCluster(options.dir);
  rmSync(home, { recursive: true, force: true });
});

async function query(url: string, sql: string): Promise<unknown[]> {
  const client = new pg.Client({ connectionString: url });
  client.on("error", () => {}); // A server that is ended under it reports here first.
  await client.connect();
  try {
    return (await client.query(sql)).rows;
  } finally {
    await client.end();
  }
}

const clusterOf = () => {
  const note = join(options.dir, "location");
  return join(existsSync(note) ? readFileSync(note, "utf8").trim() : options.dir, "cluster");
};

test("data survives a restart, a pid file that belongs to nobody, and a server that a crash left behind", async () => {
  const first = await startPostgres(options);
  await query(first.url(), "CREATE TABLE kept AS SELECT 42 AS answer");
  const facts = "SELECT current_setting('TimeZone') AS zone, current_setting('server_encoding') AS encoding";
  expect(await query(first.url(), facts)).toEqual([{ zone: "UTC", encoding: "UTF8" }]);
  await first.stop();

  writeFileSync(join(clusterOf(), "postmaster.pid"), `${process.pid}\n`);
  const second = await startPostgres(options);
  expect(await query(second.url(), "SELECT answer FROM kept")).toEqual([{ answer: 42 }]);

  const third = await startPostgres(options);
  expect(await query(third.url(), "SELECT answer FROM kept")).toEqual([{ answer: 42 }]);
  await expect(query(second.url(), "SELECT 1")).rejects.toThrow();
  await third.stop();
  await second.stop();
}, 120_000);

test("a wrong password and a taken port are reported in helpful words, and leave nothing behind", async () => {
  await expect(startPostgres({ ...options, password: "another" })).rejects.toThrow(/secrets\.json/);
  expect(existsSync(join(clusterOf(), "postmaster.pid"))).toBe(false);

  const running = await startPostgres(options);
  const other = { ...options, dir: join(home, "other"), port: running.port };
  await expect(startPostgres(other)).rejects.toThrow(`Port ${running.port} is taken`);
  removeCluster(other.dir);

  const cluster = clusterOf();
  rmSync(options.dir, { recursive: true, force: true });
  await running.stop();
  expect(existsSync(cluster)).toBe(false);
}, 120_000);

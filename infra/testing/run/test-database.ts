import { setTimeout as sleep } from "node:timers/promises";
import pg from "pg";
import { isAlive } from "../processes/test-bundles";
import { type SharedTestServices, TEMPLATE_DATABASE } from "./shared-services";

/** Makes a database of this process from the migrated template, and drops those whose processes have ended. */
export async function createTestDatabase(shared: SharedTestServices): Promise<string> {
  return asAdministrator(shared, async (client, url) => {
    const before = await drop(client, (pid) => !isAlive(pid));
    const name = `test_${process.pid}_${before}_${Date.now().toString(36)}`;
    await client.query(`CREATE DATABASE "${name}" TEMPLATE ${TEMPLATE_DATABASE}`);
    return url(name);
  });
}

/** Drops the databases of this process, and with them the connections that are still open. */
export async function dropOwnDatabases(shared: SharedTestServices): Promise<void> {
  await asAdministrator(shared, (client) => drop(client, (pid) => pid === process.pid));
}

/** Drops the test databases of some processes. Returns how many there were of all processes. */
async function drop(client: pg.Client, ofProcess: (pid: number) => boolean): Promise<number> {
  const { rows } = await client.query<{ datname: string }>(
    "SELECT datname FROM pg_database WHERE datname LIKE 'test_%'",
  );
  for (const { datname } of rows) {
    if (!ofProcess(Number(datname.split("_")[1]))) continue;
    await untilUnused(client, datname);
    // Another test file may be dropping the same one.
    await client.query(`DROP DATABASE IF EXISTS "${datname}" WITH (FORCE)`).catch(() => {});
  }
  return rows.length;
}

/** Waits a second at most: a connection that is being closed would take its end by the server for an error. */
async function untilUnused(client: pg.Client, name: string): Promise<void> {
  for (const deadline = Date.now() + 1_000; Date.now() < deadline; await sleep(20)) {
    const { rows } = await client.query("SELECT FROM pg_stat_activity WHERE datname = $1 LIMIT 1", [name]);
    if (rows.length === 0) return;
  }
}

async function asAdministrator<T>(
  { databaseUrl }: SharedTestServices,
  work: (client: pg.Client, url: (name: string) => string) => Promise<T>,
): Promise<T> {
  const url = (name: string) => databaseUrl.replace(/DATABASE$/, name);
  const client = new pg.Client({ connectionString: url("postgres") });
  await client.connect();
  try {
    return await work(client, url);
  } finally {
    await client.end();
  }
}

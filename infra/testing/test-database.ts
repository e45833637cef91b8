import pg from "pg";
import { isAlive } from "./processes/sweep";
import { type SharedTestServices, TEMPLATE_DATABASE } from "./shared-services";

/** Makes a database of this process from the migrated template, and drops those whose processes have ended. */
export async function createTestDatabase({ databaseUrl }: SharedTestServices): Promise<string> {
  const url = (name: string) => databaseUrl.replace(/DATABASE$/, name);
  const client = new pg.Client({ connectionString: url("postgres") });
  await client.connect();
  try {
    const { rows } = await client.query<{ datname: string }>(
      "SELECT datname FROM pg_database WHERE datname LIKE 'test_%'",
    );
    for (const { datname } of rows) {
      if (!isAlive(Number(datname.split("_")[1]))) {
        // Another test file may be dropping the same one.
        await client.query(`DROP DATABASE IF EXISTS "${datname}" WITH (FORCE)`).catch(() => {});
      }
    }
    const name = `test_${process.pid}_${rows.length}_${Date.now().toString(36)}`;
    await client.query(`CREATE DATABASE "${name}" TEMPLATE ${TEMPLATE_DATABASE}`);
    return url(name);
  } finally {
    await client.end();
  }
}

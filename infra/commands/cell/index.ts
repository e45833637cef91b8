import pg from "pg";
import { connectTo } from "../../../src/core/platform/db/password/connect";
import { findInstallation } from "../../local/process/running-installation";
import { PromotionRefused, promote } from "./promote";

const USAGE = "npm run cell -- promote|status";

/**
 * Promotes a cell's standby (docs/RUNBOOKS.md), or says where a database stands. It runs in the standby's region, with the
 * product's environment and the owner's MIGRATION_DATABASE_URL.
 */
async function main([verb, ...more]: string[]): Promise<number> {
  if ((verb !== "promote" && verb !== "status") || more.length > 0) {
    console.error(`Usage: ${USAGE}`);
    return 2;
  }
  const url = process.env.MIGRATION_DATABASE_URL;
  Object.assign(process.env, await findInstallation());
  const { openEpochStore } = await import("../../../src/core/platform/cell/epoch-store");
  const { env } = await import("../../../src/core/platform/env");
  const store = openEpochStore();
  if (store === undefined)
    throw new PromotionRefused("Set CELL and CELL_EPOCH_BUCKET, as the cell's processes have them.");
  const { source: _, ...address } = connectTo(url ?? env().DATABASE_URL);
  const sql = new pg.Client(address);
  await sql.connect();
  try {
    if (verb === "promote") {
      await promote({ sql, store, ttlMs: env().CELL_EPOCH_TTL_MS, say: (line) => console.log(line) });
      return 0;
    }
    const { rows } = await sql.query(
      "SELECT epoch, since, superseded_by, pg_is_in_recovery() AS follows, cell_is_followed() AS is_followed FROM cell_epoch",
    );
    console.log({ ...rows[0], newest_outside: await store.newest() });
    return 0;
  } finally {
    await sql.end();
  }
}

main(process.argv.slice(2)).then(
  (code) => process.exit(code),
  (error: unknown) => {
    console.error(error instanceof Error ? (Reflect.get(error, "public") ?? error.message) : error);
    process.exit(1);
  },
);

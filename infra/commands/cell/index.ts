import pg from "pg";
import { connectTo } from "../../../src/core/platform/db/password/connect";
import { findInstallation } from "../../local/process/running-installation";
import { type PromotionParts, PromotionRefused } from "./database-state";
import { finish } from "./finish";
import { promote } from "./promote";
import { raise } from "./raise";

const USAGE = "npm run cell -- promote | raise [--promoted] | finish | status";

const steps: Record<string, (parts: PromotionParts) => Promise<number>> = {
  promote,
  raise: (parts) => raise(parts),
  "raise --promoted": (parts) => raise(parts, { promoted: true }),
  finish,
};

/**
 * Promotes a cell's standby, or fences around a managed service that does (docs/RUNBOOKS.md); or says where a database stands.
 * It runs in the standby's region, with the product's environment and the owner's MIGRATION_DATABASE_URL.
 */
async function main(args: string[]): Promise<number> {
  const what = args.join(" ");
  const step = Object.hasOwn(steps, what) ? steps[what] : undefined;
  if (step === undefined && what !== "status") {
    console.error(`Usage: ${USAGE}`);
    return 2;
  }
  const url = process.env.MIGRATION_DATABASE_URL;
  Object.assign(process.env, await findInstallation());
  const { openEpochStore } = await import("../../../src/core/platform/cell/epoch-store");
  const { env } = await import("../../../src/core/platform/env");
  const store = openEpochStore();
  if (store === undefined)
    throw new PromotionRefused(
      "Set CELL and CELL_EPOCH_WITNESSES (or CELL_EPOCH_BUCKET), as the cell's processes have them.",
    );
  const { source: _, ...address } = connectTo(url ?? env().DATABASE_URL);
  const sql = new pg.Client(address);
  await sql.connect();
  try {
    if (step !== undefined) {
      await step({ sql, store, ttlMs: env().CELL_EPOCH_TTL_MS, say: (line) => console.log(line) });
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

import { findInstallation } from "../local/process/running-installation";

/**
 * `npm run keys:rotate`: does at once what the worker's hourly jobs do: wraps data keys with the current master key and indexes
 * rows under the current blind-index key, and says how many are left. It needs the product's environment: from the process, from
 * `.env`, or from a running local installation. Safe to interrupt and to repeat. Exits with 1 while anything is left.
 */
async function main(): Promise<number> {
  Object.assign(process.env, await findInstallation());
  const { rotateIndexKey, rotateMasterKey } = await import("../../src/core/upkeep");
  const { closeDb, db } = await import("../../src/core/platform/db/client");
  const stop = new AbortController();
  process.once("SIGINT", () => stop.abort());
  const options = { signal: stop.signal };
  try {
    const { kekId, rewrapped, failed } = await rotateMasterKey(db(), options);
    console.log(
      `Data keys: ${rewrapped} wrapped with ${kekId}, ${failed} that no key of the environment unwraps.`,
    );
    const indexes = await rotateIndexKey(db(), {
      ...options,
      report: (table, done) =>
        console.log(`${table}: ${done.reindexed} rows indexed anew, ${done.failed} not readable.`),
    });
    const left = Object.entries(indexes.left).filter(([, rows]) => rows > 0);
    for (const [table, rows] of left) console.log(`${table}: ${rows} rows left under an earlier key.`);
    if (left.length + failed === 0) console.log("Nothing is left under an earlier key.");
    return left.length + failed === 0 ? 0 : 1;
  } finally {
    await closeDb();
  }
}

main().then(
  (code) => process.exit(code),
  (error: unknown) => {
    console.error(error instanceof Error ? (Reflect.get(error, "public") ?? error.message) : error);
    process.exit(2);
  },
);

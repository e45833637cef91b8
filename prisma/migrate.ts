import process, { argv, env } from "node:process";
import { draftMigration, readMigrationStatus } from "./compare-schema";
import { deployMigrations, resolveMigration } from "./deploy-migrations";
import { letServingRoleUseTokens } from "./serving-role/serving-role";

/** `npm run migrate -- deploy | status | new <name> | resolve <name>`. Returns the exit code. */
async function run([command, name]: string[]): Promise<number> {
  // The runtime role may not change the schema; where it is used, the owner has a URL of its own.
  const url = env.MIGRATION_DATABASE_URL || env.DATABASE_URL;
  if (url === undefined || url === "") {
    console.error("Set MIGRATION_DATABASE_URL (or DATABASE_URL) to the database to migrate, as its owner.");
    return 1;
  }
  if (command === "deploy") {
    const { createdDatabase, applied, partitions } = await deployMigrations(url);
    if (createdDatabase) console.log("Created the database.");
    for (const migration of applied) console.log(`Applied ${migration}.`);
    if (applied.length === 0) console.log("Nothing to apply: the database is up to date.");
    for (const { table, made } of partitions)
      if (made > 0) console.log(`Made ${made} partitions of ${table}.`);
    if (env.MIGRATION_GRANTS_IAM === "true") await letServingRoleUseTokens(url);
    return 0;
  }
  if (command === "status") {
    const { pending, problems } = await readMigrationStatus(url);
    for (const migration of pending) console.log(`Pending: ${migration}`);
    for (const problem of problems) console.log(problem);
    if (pending.length + problems.length > 0) return 1;
    console.log("The database is up to date.");
    return 0;
  }
  if (command === "new" && name !== undefined) {
    console.log(`Wrote ${await draftMigration(url, name)}. Review it, then deploy.`);
    return 0;
  }
  if (command === "resolve" && name !== undefined) {
    await resolveMigration(url, name);
    console.log(`${name} will be tried again by the next deploy.`);
    return 0;
  }
  console.error("Usage: npm run migrate -- deploy | status | new <name> | resolve <name>");
  return 1;
}

try {
  process.exitCode = await run(argv.slice(2));
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}

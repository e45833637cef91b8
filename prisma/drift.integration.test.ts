import { afterEach, beforeEach, describe, expect, inject, it } from "vitest";
import { readMigrationStatus } from "./compare-schema";
import { dropDatabase, withConnection, withDatabase } from "./database";
import { deployMigrations } from "./deploy-migrations";

// Prisma sees tables, columns, keys and plain indexes of `public`. What its language cannot say (partial, expression
// and GiST indexes, checks, triggers, views, and the partitions in their own schema) is no drift to it: those are
// held by database-rules.integration.test.ts.
let url: string;
let count = 0;

beforeEach(async () => {
  count += 1;
  url = withDatabase(inject("sharedServices").databaseUrl, `drift_${process.pid}_${count}`);
  await deployMigrations(url);
});

afterEach(() => dropDatabase(url));

describe("drift", () => {
  it("the migrations make exactly what schema.prisma says", async () => {
    expect(await readMigrationStatus(url)).toEqual({ pending: [], problems: [] });
  });

  it.each([
    ["a column more", 'ALTER TABLE "users" ADD COLUMN "extra" text', "extra"],
    ["a column less", 'ALTER TABLE "webhook_endpoints" DROP COLUMN "secret_cipher"', "secret_cipher"],
    ["another type", 'ALTER TABLE "api_keys" ALTER COLUMN "last_four" TYPE varchar(8)', "last_four"],
    ["a missing index", 'DROP INDEX "api_keys_secret_hash_idx"', "api_keys"],
    ["a missing table", 'DROP TABLE "stripe_events"', "stripe_events"],
  ])("drift is found where the database has %s", async (_, sql, name) => {
    await withConnection(url, (client) => client.query(sql));
    const { problems } = await readMigrationStatus(url);
    expect(problems.join("\n")).toContain("differs from schema.prisma");
    expect(problems.join("\n")).toContain(name);
  });
});

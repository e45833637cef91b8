import pg from "pg";
import { afterAll, expect, it, vi } from "vitest";
import { until } from "../../../../../infra/testing/until";
import { useTestStack } from "../../../../../infra/testing/use-test-stack";
import { readMigrationStatus } from "../../../../../prisma/compare-schema";
import { deployMigrations } from "../../../../../prisma/deploy-migrations";
import { createDb, queryNamed } from "../client";
import { startSecrets } from "./testing/start-secrets";

const { databaseUrl } = await useTestStack();
const owner = new pg.Client({ connectionString: databaseUrl });
await owner.connect();
const role = `rotated_${process.pid}`;
await owner.query(`CREATE ROLE ${role} LOGIN PASSWORD 'first' IN ROLE agathaai_app`);
const secrets = await startSecrets(JSON.stringify({ username: role, password: "first" }));
vi.stubEnv("AWS_ENDPOINT_URL_SECRETS_MANAGER", secrets.endpoint);
vi.stubEnv("AWS_REGION", "eu-central-1");
vi.stubEnv("AWS_ACCESS_KEY_ID", "test");
vi.stubEnv("AWS_SECRET_ACCESS_KEY", "test");

const POOL = 3;
const address = new URL(databaseUrl);
address.username = role;
address.password = "";
address.searchParams.set("passwordFrom", "secretsmanager:database");
const db = createDb({ url: address.href, poolMax: POOL });

afterAll(async () => {
  await db.$disconnect();
  await owner.query(`DROP ROLE ${role}`);
  await owner.end();
  await secrets.stop();
  vi.unstubAllEnvs();
});

it("neither a query of Prisma's nor a named statement notices that the role's password was rotated", async () => {
  const ask = () =>
    Promise.all([
      db.$queryRaw`SELECT 1`,
      db.$transaction(async (tx) => await tx.organization.count()),
      queryNamed(db, { name: "one", text: "SELECT 1 AS one", values: [] }),
    ]);
  await ask();
  for (const password of ["second", "third"]) {
    await owner.query(`ALTER ROLE ${role} PASSWORD '${password}'`);
    secrets.versions.current = JSON.stringify({ username: role, password });
    // Connections that are open stay; each that ends has to be replaced with the new password.
    await owner.query("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = $1", [role]);
    await until(async () => {
      const { rows } = await owner.query("SELECT 1 FROM pg_stat_activity WHERE usename = $1", [role]);
      return rows.length === 0;
    });
    // A pool may hand out a connection that ended a moment ago, once.
    const answers = await ask().catch((error: unknown) => {
      if (!/terminat/i.test(String(error))) throw error;
      return ask();
    });
    expect(answers.at(2)).toEqual([{ one: 1 }]);
  }
  // Once at the start, and at most once a connection after each rotation.
  expect(secrets.calls()).toBeLessThanOrEqual(1 + 2 * POOL);
});

it("the migrations find their password there as well", async () => {
  await owner.query(`ALTER ROLE ${role} SUPERUSER PASSWORD 'fourth'`);
  secrets.versions.current = "fourth";
  expect((await deployMigrations(address.href)).applied).toEqual([]);
  expect((await readMigrationStatus(address.href)).pending).toEqual([]);
});

import { readFileSync } from "node:fs";
import { join } from "node:path";
import pg from "pg";
import { z } from "zod";
import { fromPublicId } from "../../../src/core/platform";

const ports = z.object({ postgres: z.number() });
const secrets = z.object({ databasePassword: z.string() });

/** Runs on the throw-away database of the run, for what no call of the product can bring about: months gone by. */
export async function onDatabase<T>(work: (client: pg.Client) => Promise<T>): Promise<T> {
  const dir = process.env.PORTAL_TEST_DATA_DIR ?? ".agatha";
  const read = (file: string) => JSON.parse(readFileSync(join(dir, file), "utf8"));
  const client = new pg.Client({
    host: "127.0.0.1",
    port: ports.parse(read("ports.json")).postgres,
    user: "agathaai",
    database: "agathaai",
    password: secrets.parse(read("secrets.json")).databasePassword,
    options: "-c TimeZone=UTC",
  });
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}

/** As agreed with us: no checkout sells the plan. */
export async function giveEnterprise({ orgId }: { orgId: string }): Promise<void> {
  await onDatabase((client) =>
    client.query(
      `INSERT INTO subscriptions (org_id, plan, created_at, updated_at) VALUES ($1, 'enterprise', now(), now())
       ON CONFLICT (org_id) DO UPDATE SET plan = 'enterprise'`,
      [fromPublicId("org", orgId)],
    ),
  );
}

/** As if the last sign-in or proof of everybody had been a while ago. */
export async function forgetProofs(): Promise<void> {
  await onDatabase((client) =>
    client.query("UPDATE sessions SET stepped_up_at = now() - interval '11 minutes'"),
  );
}

/** A run signs up more people than one address may in an hour. */
export async function forgetSignUps(): Promise<void> {
  await onDatabase((client) =>
    client.query("DELETE FROM rate_limit_buckets WHERE key LIKE 'register:%' OR key LIKE 'sign-up:%'"),
  );
}

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

/** As if the last sign-in or proof of the customer had been a while ago. */
export async function forgetProofs({ orgId }: { orgId: string }): Promise<void> {
  await onDatabase((client) =>
    client.query(
      "UPDATE sessions SET stepped_up_at = now() - interval '11 minutes' WHERE user_id IN (SELECT user_id FROM memberships WHERE org_id = $1)",
      [fromPublicId("org", orgId)],
    ),
  );
}

/** Moves somebody, signed in or not, into another's organization: an invitation, without its emails and pages. */
export async function joinAsDeveloper(
  member: { orgId: string },
  organization: { orgId: string },
): Promise<void> {
  const [home, joined] = [fromPublicId("org", member.orgId), fromPublicId("org", organization.orgId)];
  await onDatabase(async (client) => {
    await client.query(
      `INSERT INTO memberships (org_id, user_id, role, created_at)
       SELECT $2, user_id, 'developer', now() FROM memberships WHERE org_id = $1 AND role = 'owner'`,
      [home, joined],
    );
    await client.query(
      "UPDATE sessions SET org_id = $2 WHERE user_id = (SELECT user_id FROM memberships WHERE org_id = $1 AND role = 'owner')",
      [home, joined],
    );
  });
}

/** A run signs up more people than one address may in an hour. */
export async function forgetSignUps(): Promise<void> {
  await onDatabase((client) =>
    client.query("DELETE FROM rate_limit_buckets WHERE key LIKE 'register:%' OR key LIKE 'sign-up:%'"),
  );
}

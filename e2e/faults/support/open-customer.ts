import { fromPublicId } from "@agathaai/core/platform";
import type pg from "pg";
import { callServer, createKey, registerCustomer } from "../../support/customer";

export interface Customer {
  orgId: string;
  /** The secret of a live key. */
  key: string;
}

/** A customer with a paid plan and a live key. Verified in the database: here emails may be what does not work. */
export async function openCustomer(
  url: string,
  sql: pg.Client,
  keySettings: Record<string, unknown> = {},
): Promise<Customer> {
  const http = callServer(url);
  const account = await registerCustomer(http);
  const orgId = fromPublicId("org", account.orgId);
  await sql.query("UPDATE users SET email_verified_at = now() WHERE email_verified_at IS NULL");
  await sql.query("UPDATE subscriptions SET plan = 'plus' WHERE org_id = $1", [orgId]);
  const { secret } = await createKey(http, account, { name: "faults", ...keySettings });
  return { orgId, key: secret };
}

/** Roomy enough that no limit stands in the way of a load. */
export async function openRoomyCustomer(url: string, sql: pg.Client): Promise<Customer> {
  const who = await openCustomer(url, sql);
  await sql.query("UPDATE subscriptions SET plan = 'enterprise' WHERE org_id = $1", [who.orgId]);
  return who;
}

import { randomUUID } from "node:crypto";
import { fromPublicId } from "@agathaai/core/platform/ids";
import type pg from "pg";
import { z } from "zod";

export interface Customer {
  orgId: string;
  /** The secret of a live key. */
  key: string;
}

const registered = z.object({ organization: z.object({ id: z.string() }), access_token: z.string() });
const created = z.object({ secret: z.string() });

/** Signs up over the API, with a verified address and a paid plan, and makes a live key. */
export async function openCustomer(url: string, sql: pg.Client): Promise<Customer> {
  const account = registered.parse(
    await post(`${url}/api/v1/auth/register`, {
      email: `${randomUUID()}@example.com`,
      password: `correct horse ${randomUUID()}`,
      name: "Fault Finder",
    }),
  );
  const orgId = fromPublicId("org", account.organization.id);
  await sql.query("UPDATE users SET email_verified_at = now() WHERE email_verified_at IS NULL");
  await sql.query("UPDATE subscriptions SET plan = 'plus' WHERE org_id = $1", [orgId]);
  const { secret } = created.parse(
    await post(`${url}/api/v1/keys`, { name: "faults", environment: "live" }, account.access_token),
  );
  return { orgId, key: secret };
}

async function post(url: string, body: unknown, token?: string): Promise<unknown> {
  const response = await fetch(url, {
    method: "POST",
    headers: { "content-type": "application/json", ...(token && { authorization: `Bearer ${token}` }) },
    body: JSON.stringify(body),
  });
  if (!response.ok) throw new Error(`${url} answered ${response.status}: ${await response.text()}`);
  return response.json();
}

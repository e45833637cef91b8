import { db } from "@agathaai/core/platform/db/client";
import { revokeServiceToken, verifyServiceToken } from "@agathaai/core/service-accounts";
import * as oauth from "openid-client";
import { beforeAll, expect, it } from "vitest";
import { query } from "../support/database";
import { signServiceToken } from "../support/tokens/service-token";
import { openAccounts, uuidOf } from "./service-accounts";
import type { World } from "./world";

// RFC 7009 at service accounts: one token ends, and nothing beside it.
const { issuer, start, make, clientOf, statusAt, ended } = await openAccounts();
let world: World;

beforeAll(async () => {
  world = await start();
});

async function account() {
  const made = await make();
  const client = await clientOf(made.id, made.client_secret);
  const token = async () => (await client.token()).access_token;
  const active = async (one: string) => (await oauth.tokenIntrospection(client.config, one)).active;
  /** What the endpoint says to any client and token. */
  const revoke = (one: string) =>
    world.reach(`${issuer}/oauth/revoke`, {
      method: "POST",
      headers: {
        authorization: `Basic ${Buffer.from(`${made.id}:${made.client_secret}`).toString("base64")}`,
      },
      body: new URLSearchParams({ token: one }),
    });
  return { ...made, uuid: uuidOf(made.id), client, token, active, revoke };
}

const entriesOf = (uuid: string) =>
  query(
    "SELECT actor_type, details FROM audit_logs WHERE target_id = $1 AND action = 'service_account.token_revoked'",
    [uuid],
  );

it("a revoked token is refused everywhere within five seconds, and introspection agrees; the account's others go on", async () => {
  const { client, token, active, revoke, uuid } = await account();
  const [here, elsewhere, kept] = [await token(), await token(), await token()];
  for (const one of [here, elsewhere, kept]) expect(await statusAt(one)).toBe(200);
  await oauth.tokenRevocation(client.config, here);
  // By another process than the one that serves.
  await revokeServiceToken(db(), await verifyServiceToken(elsewhere));
  await Promise.all([ended(here), ended(elsewhere)]);
  expect(await Promise.all([here, elsewhere, kept].map(active))).toEqual([false, false, true]);
  expect(await statusAt(kept)).toBe(200);
  expect(await statusAt(await token())).toBe(200);
  // The same again is the same answer, and no second entry.
  expect((await revoke(here)).status).toBe(200);
  expect(await entriesOf(uuid)).toHaveLength(2);
});

it("another account's token and a forged one are answered the same, and end nothing", async () => {
  const [one, other] = [await account(), await account()];
  const theirs = await other.token();
  const forged = `${theirs.slice(0, -8)}AAAAAAAA`;
  for (const token of [theirs, forged, "no token at all"]) {
    expect((await one.revoke(token)).status).toBe(200);
  }
  expect([await other.active(theirs), await statusAt(theirs)]).toEqual([true, 200]);
  expect(await entriesOf(other.uuid)).toEqual([]);
});

it("revoked tokens are forgotten once they have expired, and past the most that are kept a client is told to come again", async () => {
  const { id, uuid, token, active, revoke } = await account();
  const past = Math.floor(Date.now() / 1_000) - 1;
  const fill = (expiry: number) =>
    query(
      "UPDATE service_accounts SET revoked_tokens = ARRAY(SELECT $2::text || '.' || n FROM generate_series(1, 1000) n) WHERE id = $1",
      [uuid, String(expiry)],
    );
  await fill(past);
  const first = await token();
  expect((await revoke(first)).status).toBe(200);
  const [row] = await query(
    "SELECT cardinality(revoked_tokens) AS kept FROM service_accounts WHERE id = $1",
    [uuid],
  );
  expect(row).toEqual({ kept: 1 });
  await fill(past + 900);
  const second = await signServiceToken(
    { id, orgId: world.principal.orgId },
    { claims: { jti: "one-too-many" } },
  );
  const refused = await revoke(second);
  expect([refused.status, (await refused.json()).error]).toEqual([503, "temporarily_unavailable"]);
  expect(Number(refused.headers.get("retry-after"))).toBeGreaterThan(0);
  expect([await active(second), await statusAt(second)]).toEqual([true, 200]);
});

import { keyScopes } from "@agathaai/core/keys";
import type { UserPrincipal } from "@agathaai/core/platform";
import { db } from "@agathaai/core/platform/db/client";
import {
  deleteServiceAccount,
  rotateServiceAccountSecret,
  updateServiceAccount,
} from "@agathaai/core/service-accounts";
import { decodeJwt, decodeProtectedHeader } from "jose";
import { beforeAll, describe, expect, it } from "vitest";
import { until } from "../../infra/testing/until";
import { query } from "../support/database";
import { ledgerRow } from "../support/ledger";
import { forItself, openAccounts, uuidOf } from "./service-accounts";
import type { World } from "./world";

// A program of an organization that gets tokens for itself, on a stock client library.
const { issuer, start, make, clientOf, exchange, call, statusAt, ended } = await openAccounts();
const chat = { model: "gpt-4o", messages: [{ role: "user", content: "Hi" }], max_tokens: 16 };
let world: World;

beforeAll(async () => {
  world = await start();
});

describe("a service account on a stock client library", () => {
  it("gets a signed token of short life for itself, without refresh, and calls the API with it", async () => {
    const account = await make();
    const tokens = await (await clientOf(account.id, account.client_secret)).token();
    expect(tokens.refresh_token).toBeUndefined();
    expect(tokens.expires_in).toBe(900);
    expect(decodeProtectedHeader(tokens.access_token)).toMatchObject({ alg: "RS256", typ: "at+jwt" });
    expect(decodeJwt(tokens.access_token)).toMatchObject({
      iss: issuer,
      sub: account.id,
      client_id: account.id,
      org: world.ada.orgId,
      scope: tokens.scope,
    });
    expect(tokens.scope?.split(" ").toSorted()).toEqual([...account.scopes].toSorted());
    expect(await statusAt(tokens.access_token)).toBe(200);
    expect((await call(tokens.access_token, "/api/v1/usage")).status).toBe(200);
  });

  it("runs a model under /v1, billed to the organization, metered by the account's own key and its cap", async () => {
    const account = await make({ monthly_cap_micros: 10_000 });
    const { access_token: token } = await (await clientOf(account.id, account.client_secret)).token();
    const reply = await call(token, "/v1/chat/completions", chat);
    const { id } = await reply.json();
    expect(reply.status).toBe(200);
    expect(await ledgerRow(id)).toMatchObject({ api_key_id: uuidOf(account.id), billable: true });
    expect((await (await call(token, "/v1/key")).json()).monthly_cap_micros).toBe(10_000);
    await query(
      `INSERT INTO key_spend (key_id, month, org_id, spent_micros, updated_at)
       VALUES ($1, date_trunc('month', now() AT TIME ZONE 'UTC'), $2, 10000, now())
       ON CONFLICT (key_id, month) DO UPDATE SET spent_micros = 10000`,
      [uuidOf(account.id), world.principal.orgId],
    );
    const quote = await call(token, "/api/v1/inference/quote", { model: "gpt-4o", prompt: "Hello" });
    expect((await quote.json()).key_spend).toMatchObject({ cap_micros: 10_000, fits: false });
  });

  it("has no more scopes than it asks for, and never those that are left to people", async () => {
    const account = await make({ scopes: [...keyScopes] });
    const client = await clientOf(account.id, account.client_secret);
    const narrow = await client.token("models:read");
    expect(narrow.scope).toBe("models:read");
    const usage = await call(narrow.access_token, "/api/v1/usage");
    expect([usage.status, (await usage.json()).error.code]).toEqual([403, "insufficient_scope"]);
    const { access_token: token } = await client.token();
    for (const path of ["/api/v1/me", "/api/v1/me/sessions", "/api/v1/provider-keys"]) {
      const reply = await call(token, path);
      expect([reply.status, (await reply.json()).error.code], path).toEqual([403, "insufficient_scope"]);
    }
    const key = await call(token, "/api/v1/keys", { name: "x", environment: "live" });
    expect(key.status).toBe(403);
    const less = await make({ scopes: ["models:read"] });
    await expect(
      (await clientOf(less.id, less.client_secret)).token("models:read usage:read"),
    ).rejects.toMatchObject({ error: "invalid_scope" });
  });

  it("sees its own environment and its own requests alone", async () => {
    const [one, other] = [await make(), await make()];
    const [mine, theirs] = await Promise.all(
      [one, other].map(async ({ id, client_secret }) => (await clientOf(id, client_secret)).token()),
    );
    const made = await call(mine?.access_token ?? "", "/api/v1/inference", {
      model: "gpt-4o",
      prompt: "Hello",
      max_tokens: 8,
    });
    expect(made.status).toBe(202);
    const { id } = await made.json();
    expect((await call(mine?.access_token ?? "", `/api/v1/inference/${id}`)).status).toBe(200);
    expect((await call(theirs?.access_token ?? "", `/api/v1/inference/${id}`)).status).toBe(404);
  });

  it("is who the audit log says did it", async () => {
    const account = await make({ scopes: ["webhooks:write"] });
    const { access_token: token } = await (await clientOf(account.id, account.client_secret)).token();
    const body = { url: "https://hooks.example.org/x", events: ["key.created"] };
    expect((await call(token, "/api/v1/webhooks", body)).status).toBe(201);
    await until(
      async () =>
        (
          await query(
            "SELECT 1 FROM audit_logs WHERE actor_type = 'service_account' AND actor_id = $1 AND action = 'webhook.created'",
            [uuidOf(account.id)],
          )
        ).length === 1,
    );
  });
});

describe("a rotated secret", () => {
  it("has two that work while its grace lasts, and one afterwards", async () => {
    const { id, client_secret: first } = await make();
    const { principal } = world;
    const rotated = await rotateServiceAccountSecret(db(), {
      principal,
      input: { id: uuidOf(id), grace: "24h" },
    });
    const second = rotated.client_secret;
    for (const secret of [first, second]) expect((await exchange(forItself, id, secret)).status).toBe(200);
    await query("UPDATE service_accounts SET previous_secret_until = now() WHERE id = $1", [uuidOf(id)]);
    expect(await exchange(forItself, id, first)).toMatchObject({
      status: 401,
      body: { error: "invalid_client" },
    });
    expect((await exchange(forItself, id, second)).status).toBe(200);
  });

  it("without grace ends the old one at once, and every token that was got with it", async () => {
    const { id, client_secret: first } = await make();
    const { body } = await exchange(forItself, id, first);
    expect(await statusAt(body.access_token)).toBe(200);
    const { client_secret: second } = await rotateServiceAccountSecret(db(), {
      principal: world.principal,
      input: { id: uuidOf(id), grace: "now" },
    });
    expect((await exchange(forItself, id, first)).status).toBe(401);
    await ended(body.access_token);
    expect(await statusAt((await exchange(forItself, id, second)).body.access_token)).toBe(200);
  });
});

describe("everything of a service account stops within five seconds", () => {
  const working = async (principal: UserPrincipal = world.principal) => {
    const account = await make({}, principal);
    const { body } = await exchange(forItself, account.id, account.client_secret);
    expect(await statusAt(body.access_token)).toBe(200);
    return { ...account, uuid: uuidOf(account.id), token: body.access_token as string };
  };
  const refused = async ({ id, client_secret }: { id: string; client_secret: string }) =>
    expect(await exchange(forItself, id, client_secret)).toMatchObject({
      status: 401,
      body: { error: "invalid_client" },
    });

  it("when it is disabled; enabled, it works again", async () => {
    const account = await working();
    const { principal } = world;
    const set = (disabled: boolean) =>
      updateServiceAccount(db(), { principal, input: { id: account.uuid, disabled } });
    expect((await set(true)).status).toBe("disabled");
    await ended(account.token);
    await refused(account);
    expect((await set(false)).status).toBe("active");
    await until(async () => (await statusAt(account.token)) === 200);
  });

  it("when it is deleted", async () => {
    const account = await working();
    await deleteServiceAccount(db(), { principal: world.principal, id: account.uuid });
    await ended(account.token);
    await refused(account);
  });

  it("when its organization is suspended, and when it is deleted", async () => {
    const { principal } = await world.signIn(await world.member("developer"));
    const own = await working(principal);
    await query("UPDATE organizations SET suspended_at = now(), suspension_reason = 'Fraud' WHERE id = $1", [
      principal.orgId,
    ]);
    await until(async () => (await statusAt(own.token)) === 403);
    await refused(own);
    await query("UPDATE organizations SET suspended_at = NULL, suspension_reason = NULL WHERE id = $1", [
      principal.orgId,
    ]);
    await until(async () => (await statusAt(own.token)) === 200);
    await query("UPDATE organizations SET deleted_at = now() WHERE id = $1", [principal.orgId]);
    await ended(own.token);
    await refused(own);
  });

  it("when its secret or a token of it is reported as leaked", async () => {
    const [bySecret, byToken] = [await working(), await working()];
    const report = async (secret: string) => {
      const reply = await world.reach(`${issuer}/api/v1/leaked-keys`, {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify({ keys: [secret] }),
      });
      return (await reply.json()).data[0];
    };
    expect(await report(bySecret.client_secret)).toMatchObject({
      kind: "service_account_secret",
      status: "revoked",
    });
    expect(await report(byToken.token)).toMatchObject({ kind: "access_token", status: "revoked" });
    await Promise.all([ended(bySecret.token), ended(byToken.token)]);
    await refused(bySecret);
    const anew = await exchange(forItself, byToken.id, byToken.client_secret);
    expect(await statusAt(anew.body.access_token)).toBe(200);
    expect((await report(bySecret.client_secret)).status).toBe("not_active");
  });
});

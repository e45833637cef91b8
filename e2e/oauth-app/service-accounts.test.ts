import { keyScopes } from "@agathaai/core/keys";
import { fromPublicId, toPublicId, type UserPrincipal } from "@agathaai/core/platform";
import { db } from "@agathaai/core/platform/db/client";
import {
  createServiceAccount,
  createServiceAccountInputSchema,
  deleteServiceAccount,
  rotateServiceAccountSecret,
  updateServiceAccount,
} from "@agathaai/core/service-accounts";
import { decodeJwt, decodeProtectedHeader } from "jose";
import * as oauth from "openid-client";
import { beforeAll, describe, expect, it } from "vitest";
import { until } from "../../infra/testing/until";
import { query } from "../support/database";
import { ledgerRow } from "../support/ledger";
import { customer } from "../support/people";
import { signServiceToken } from "../support/service-token";
import { openWorld, type World } from "./world";

// A program of an organization that gets tokens for itself, on a stock client library.
const installation = await openWorld();
const { issuer } = installation;
let world: World;

beforeAll(async () => {
  world = await installation.start();
});

const uuidOf = (id: string) => fromPublicId("sva", id);

async function make(settings: Record<string, unknown> = {}, principal: UserPrincipal = world.principal) {
  const input = createServiceAccountInputSchema.parse({
    name: "Nightly reports",
    environment: "live",
    scopes: ["models:read", "usage:read", "inference:write", "inference:read"],
    ...settings,
  });
  return await createServiceAccount(db(), { principal, input });
}

/** The account's own client, as it would be configured in its server. */
async function clientOf(id: string, secret: string) {
  const config = await oauth.discovery(new URL(issuer), id, secret, oauth.ClientSecretBasic(secret), {
    execute: [oauth.allowInsecureRequests],
    [oauth.customFetch]: world.reach as oauth.CustomFetch,
  });
  return {
    config,
    token: (scope?: string) => oauth.clientCredentialsGrant(config, scope === undefined ? {} : { scope }),
  };
}

/** What the token endpoint says to any form and secret. */
async function exchange(form: Record<string, string>, id: string, secret: string) {
  const reply = await world.reach(`${issuer}/oauth/token`, {
    method: "POST",
    headers: { authorization: `Basic ${Buffer.from(`${id}:${secret}`).toString("base64")}` },
    body: new URLSearchParams(form),
  });
  return { status: reply.status, body: await reply.json() };
}

const forItself = { grant_type: "client_credentials" };

async function call(token: string, path: string, body?: unknown): Promise<Response> {
  return await world.reach(issuer + path, {
    headers: {
      authorization: `Bearer ${token}`,
      ...(body !== undefined && { "content-type": "application/json" }),
    },
    ...(body !== undefined && { method: "POST", body: JSON.stringify(body) }),
  });
}

const statusAt = async (token: string) => (await call(token, "/v1/models")).status;
const ended = (token: string) => until(async () => (await statusAt(token)) === 401);
const chat = { model: "gpt-4o", messages: [{ role: "user", content: "Hi" }], max_tokens: 16 };

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

describe("what is not its own", () => {
  it("no other client gets a token for itself, and it gets none for a person", async () => {
    const [app, account] = [await world.register(), await make()];
    const theirs = await exchange(forItself, app.id, app.client_secret ?? "");
    expect(theirs).toMatchObject({ status: 400, body: { error: "invalid_request" } });
    const code = { grant_type: "authorization_code", code: "x", redirect_uri: installation.redirectUri };
    expect((await exchange(code, account.id, account.client_secret)).status).toBe(400);
    const url = new URL(`${issuer}/oauth/authorize`);
    url.search = new URLSearchParams({ client_id: account.id, response_type: "code" }).toString();
    const reply = await world.browser.open(url);
    expect([reply.status, reply.headers.get("location")]).toEqual([400, null]);
  });

  it("another account's secret, a forged one and an API key are no secret of it", async () => {
    const [account, other] = [await make(), await make()];
    const forged = `agt_svc_${"0".repeat(38)}`;
    for (const secret of [other.client_secret, forged, "kept-as-a-hash"]) {
      expect((await exchange(forItself, account.id, secret)).status).toBe(401);
    }
    expect((await call(account.client_secret, "/v1/models")).status).toBe(401);
    expect((await call(`service-account:${uuidOf(account.id)}`, "/v1/models")).status).toBe(401);
  });

  it.each<[string, Parameters<typeof signServiceToken>[1]]>([
    ["for another audience", { claims: { aud: "https://other.example" } }],
    ["that has expired", { claims: { exp: 1 } }],
    ["of another type", { header: { typ: "JWT" } }],
    ["of another organization", { claims: { org: "org_01jd0q4g5te8tvhz3t1c7x9ncm" } }],
    ["of another subject", { claims: { sub: "sva_01jd0q4g5te8tvhz3t1c7x9ncm" } }],
    ["of an earlier generation", { claims: { gen: 0 } }],
    ["of a later generation", { claims: { gen: 2 } }],
    ["without a scope", { claims: { scope: undefined } }],
  ])("a token %s is refused", async (_what, changes) => {
    const { id } = await make();
    const account = { id, orgId: world.principal.orgId };
    expect(await statusAt(await signServiceToken(account))).toBe(200);
    expect(await statusAt(await signServiceToken(account, changes))).toBe(401);
  });

  it("a token that claims a scope the account does not have gets nothing by it", async () => {
    const { id } = await make({ scopes: ["models:read"] });
    const token = await signServiceToken(
      { id, orgId: world.principal.orgId },
      { claims: { scope: "models:read usage:read" } },
    );
    expect((await call(token, "/api/v1/usage")).status).toBe(403);
  });

  it("introspection says of its own tokens what they are worth, of others nothing", async () => {
    const [account, other] = [await make(), await make()];
    const client = await clientOf(account.id, account.client_secret);
    const { access_token: token } = await client.token("models:read");
    expect(await oauth.tokenIntrospection(client.config, token)).toMatchObject({
      active: true,
      sub: account.id,
      org: toPublicId("org", world.principal.orgId),
      scope: "models:read",
    });
    const stranger = await clientOf(other.id, other.client_secret);
    expect(await oauth.tokenIntrospection(stranger.config, token)).toEqual({ active: false });
  });

  it("a creator gives it nothing that their own role lacks", async () => {
    const { principal } = await world.signIn(await world.member("viewer"));
    const here = { ...principal, orgId: world.principal.orgId };
    await query("UPDATE sessions SET org_id = $1 WHERE id = $2", [here.orgId, here.sessionId]);
    await expect(make({ scopes: ["models:read"] }, here)).rejects.toMatchObject({
      code: "insufficient_role",
    });
    const developer = await world.signIn(await world.member("developer"));
    const dev = { ...developer.principal, orgId: world.principal.orgId };
    await query("UPDATE sessions SET org_id = $1 WHERE id = $2", [dev.orgId, dev.sessionId]);
    await expect(make({ scopes: ["billing:read"] }, dev)).rejects.toMatchObject({
      code: "insufficient_scope",
    });
  });
});

it("a call without credentials is told where tokens for the API come from", async () => {
  const reply = await world.reach(`${issuer}/v1/models`);
  const [, metadata = ""] =
    /resource_metadata="([^"]+)"/.exec(reply.headers.get("www-authenticate") ?? "") ?? [];
  expect(metadata).toBe(`${issuer}/.well-known/oauth-protected-resource`);
  expect(await (await world.reach(metadata)).json()).toMatchObject({ authorization_servers: [issuer] });
});

it("rotating the secret of an account with every scope asks who is there, as creating one does", async () => {
  const { principal } = await world.signIn(await customer(world.api, installation.stack));
  const account = await make({ scopes: [...keyScopes] }, principal);
  const rotate = () =>
    rotateServiceAccountSecret(db(), { principal, input: { id: uuidOf(account.id), grace: "24h" } });
  await query("UPDATE sessions SET stepped_up_at = now() - interval '11 minutes' WHERE id = $1", [
    principal.sessionId,
  ]);
  await query("UPDATE sessions SET created_at = now() - interval '11 minutes' WHERE id = $1", [
    principal.sessionId,
  ]);
  await expect(rotate()).rejects.toMatchObject({ code: "step_up_required" });
  await query("UPDATE sessions SET stepped_up_at = now() WHERE id = $1", [principal.sessionId]);
  expect((await rotate()).client_secret).toMatch(/^agt_svc_/);
});

import { keyScopes } from "@agathaai/core/keys";
import { toPublicId } from "@agathaai/core/platform";
import { db } from "@agathaai/core/platform/db/client";
import { rotateServiceAccountSecret } from "@agathaai/core/service-accounts";
import * as oauth from "openid-client";
import { beforeAll, describe, expect, it } from "vitest";
import { query } from "../support/database";
import { customer, makeKey } from "../support/people";
import { connectApp, signAppToken } from "../support/tokens/app-token";
import { signServiceToken } from "../support/tokens/service-token";
import { forItself, openAccounts, uuidOf } from "./service-accounts";
import type { World } from "./world";

// What somebody tries who has a service account, or would like to have one.
const { installation, issuer, start, make, clientOf, exchange, call, statusAt } = await openAccounts();
let world: World;

beforeAll(async () => {
  world = await start();
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

it("a call with a token that lacks a scope is told which one; a key, and a call no token may make, are not", async () => {
  const { id, client_secret: secret } = await make({ scopes: ["models:read", "usage:read"] });
  const { access_token: token } = await (await clientOf(id, secret)).token("models:read");
  const told = async (credential: string, path: string, body?: object) => {
    const reply = await call(credential, path, body);
    return [reply.status, reply.headers.get("www-authenticate")];
  };
  const names = (scope: string) =>
    `Bearer realm="AgathaAI", error="insufficient_scope", scope="${scope}", resource_metadata="${issuer}/.well-known/oauth-protected-resource"`;
  expect(await told(token, "/api/v1/usage")).toEqual([403, names("usage:read")]);
  const chat = { model: "gpt-4o", messages: [{ role: "user", content: "Hi" }] };
  expect(await told(token, "/v1/chat/completions", chat)).toEqual([403, names("inference:write")]);
  expect(await told(token, "/api/v1/me")).toEqual([403, null]);
  const key = await makeKey(world.api, world.ada, { scopes: ["models:read"] });
  expect(await told(key, "/api/v1/usage")).toEqual([403, null]);

  const { principal } = world;
  const app = await signAppToken(principal, await connectApp(principal, "Scopes"), {
    claims: { scope: "models:read" },
  });
  expect(await told(app, "/api/v1/usage")).toEqual([403, names("usage:read")]);
  expect(await told(app, "/oauth/userinfo")).toEqual([403, names("openid")]);
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

import { revokeConnection } from "@agathaai/core/oauth";
import { reinstate, suspend } from "@agathaai/core/operators";
import { fromPublicId } from "@agathaai/core/platform";
import { db } from "@agathaai/core/platform/db/client";
import { decodeProtectedHeader } from "jose";
import { beforeAll, describe, expect, it } from "vitest";
import { until } from "../../infra/testing/until";
import { query } from "../support/database";
import { ledgerRow } from "../support/ledger";
import { customer } from "../support/people";
import type { SampleApp } from "./sample-app";
import { openWorld, type World } from "./world";

const installation = await openWorld();
let world: World;
let app: Awaited<ReturnType<World["register"]>>;
let sample: SampleApp;

beforeAll(async () => {
  world = await installation.start();
  app = await world.register();
  sample = await world.open(app);
});

async function connect(of: SampleApp = sample, as = world.browser, orgId = world.ada.orgId) {
  const { url, checks } = await of.begin();
  return await of.finish(await as.agree(url, orgId), checks);
}

describe("an app on a stock client library", () => {
  it("signs a person in, learns who they are by what they agreed to show, and calls the API for them", async () => {
    const tokens = await connect();
    expect(tokens.token_type).toBe("bearer");
    expect(decodeProtectedHeader(tokens.access_token)).toMatchObject({ alg: "RS256", typ: "at+jwt" });
    const claims = tokens.claims();
    expect(claims).toMatchObject({ iss: installation.issuer, aud: app.id, email: world.ada.email });
    const who = await sample.userinfo(tokens.access_token, claims?.sub ?? "");
    expect(who).toMatchObject({ sub: claims?.sub, email: world.ada.email, email_verified: true });
    const models = await sample.call(tokens.access_token, "/v1/models");
    expect(models.status, await models.clone().text()).toBe(200);
    expect((await sample.call(tokens.access_token, "/api/v1/usage")).status).toBe(200);
  });

  it("gets no more than it asked for, and nothing that is left to people", async () => {
    const { access_token: token } = await connect();
    const history = await sample.call(token, "/api/v1/history");
    expect([history.status, (await history.json()).error.code]).toEqual([403, "insufficient_scope"]);
    for (const path of ["/api/v1/me", "/api/v1/me/sessions", "/api/v1/provider-keys"]) {
      const reply = await sample.call(token, path);
      expect([reply.status, (await reply.json()).error.code], path).toEqual([403, "insufficient_scope"]);
    }
  });

  it("runs a model under /v1 for the person's organization, billed as theirs", async () => {
    const writer = await world.open(app, "inference:write");
    const { access_token: token } = await connect(writer);
    const reply = await writer.call(token, "/v1/chat/completions", {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ model: "gpt-4o", messages: [{ role: "user", content: "Hi" }], max_tokens: 16 }),
    });
    const { id } = await reply.json();
    expect(reply.status).toBe(200);
    const { userId } = world.principal;
    expect(await ledgerRow(id)).toMatchObject({ user_id: userId, api_key_id: null, billable: true });
  });

  it("refreshes without the person, and works as a public app without a secret", async () => {
    const open = await world.open(await world.register({ confidential: false }));
    const first = await connect(open);
    const second = await open.refresh(first.refresh_token ?? "");
    expect(second.refresh_token).not.toBe(first.refresh_token);
    expect((await open.call(second.access_token, "/v1/models")).status).toBe(200);
  });

  it("connected to a suspended organization gets no further token, its token is worth nothing, and is again afterwards", async () => {
    const person = await customer(world.api, installation.stack);
    const { principal, browser } = await world.signIn(person);
    const tokens = await connect(sample, browser, person.orgId);
    const refreshToken = tokens.refresh_token ?? "";
    const input = { subject: person.orgId, reason: "Automated sign-ups" };
    await suspend(db(), { operatorId: principal.userId, input });
    const inactive = async () => !(await sample.introspect(tokens.access_token)).active;
    const refused = async () => (await sample.call(tokens.access_token, "/v1/models")).status === 403;
    await Promise.all([until(inactive, 10_000), until(refused, 10_000)]);
    await expect(sample.refresh(refreshToken)).rejects.toMatchObject({ error: "invalid_grant" });
    await expect(sample.userinfo(tokens.access_token, tokens.claims()?.sub ?? "")).rejects.toThrow();

    await reinstate(db(), { operatorId: principal.userId, input });
    await until(async () => !(await inactive()), 10_000);
    // Being refused has not used it up.
    expect((await sample.refresh(refreshToken)).access_token).toBeDefined();
  });

  it("is told what a token is worth, of its own tokens alone", async () => {
    const tokens = await connect();
    expect(await sample.introspect(tokens.access_token)).toMatchObject({
      active: true,
      client_id: app.id,
      org: world.ada.orgId,
      scope: "openid profile email models:read usage:read",
    });
    expect(await sample.introspect(tokens.refresh_token ?? "")).toMatchObject({ active: true });
    const other = await world.open(await world.register({ name: "Another" }));
    expect(await other.introspect(tokens.access_token)).toEqual({ active: false });
    expect(await other.introspect(tokens.refresh_token ?? "")).toEqual({ active: false });
    await other.revoke(tokens.access_token);
    expect((await sample.call(tokens.access_token, "/v1/models")).status).toBe(200);
  });
});

describe("a grant ends, and with it every token, within five seconds", () => {
  const ended = async (of: SampleApp, tokens: Awaited<ReturnType<typeof connect>>) => {
    await expect
      .poll(async () => (await of.call(tokens.access_token, "/v1/models")).status, {
        timeout: 5_500,
        interval: 250,
      })
      .toBe(401);
    await expect(of.refresh(tokens.refresh_token ?? "")).rejects.toMatchObject({ error: "invalid_grant" });
  };

  it("when the app revokes a token", async () => {
    const tokens = await connect();
    await sample.revoke(tokens.access_token);
    expect((await sample.call(tokens.access_token, "/v1/models")).status).toBe(401);
    await ended(sample, tokens);
  });

  it("when the person ends the connection; other apps and people keep theirs", async () => {
    const other = await world.open(await world.register({ name: "Another" }));
    const [kept, tokens] = [await connect(other), await connect()];
    const { principal } = world;
    const revoked = await revokeConnection(db(), {
      principal,
      appId: fromPublicId("app", app.id),
      orgId: principal.orgId,
    });
    expect(revoked.revoked).toBeGreaterThan(0);
    await ended(sample, tokens);
    expect((await other.call(kept.access_token, "/v1/models")).status).toBe(200);
  });

  it("when the person leaves the organization or their account ends, and it narrows to what their role still has", async () => {
    const { principal, ada } = world;
    const scope = "models:read webhooks:write";
    const writer = await world.open(app, scope);
    const [leaver, erased, demoted] = await Promise.all(
      ["developer", "developer", "developer"].map(async (role) => world.signIn(await world.member(role))),
    );
    if (!leaver || !erased || !demoted) throw new Error("three people were to be made");
    const [left, gone, narrowed] = [
      await connect(sample, leaver.browser, ada.orgId),
      await connect(sample, erased.browser, ada.orgId),
      await connect(writer, demoted.browser, ada.orgId),
    ];
    const create = async () => {
      const body = JSON.stringify({ url: "https://hooks.example.org/x", events: ["key.created"] });
      const headers = { "content-type": "application/json" };
      const { access_token: token } = narrowed;
      return (await writer.call(token, "/api/v1/webhooks", { method: "POST", headers, body })).status;
    };
    expect(await create()).toBe(201);
    for (const { access_token: token } of [left, gone])
      expect((await sample.call(token, "/v1/models")).status).toBe(200);
    await world.leave(leaver.principal);
    await query("UPDATE users SET deleted_at = now() WHERE id = $1", [erased.principal.userId]);
    await query("UPDATE memberships SET role = 'viewer' WHERE user_id = $1 AND org_id = $2", [
      demoted.principal.userId,
      principal.orgId,
    ]);
    await Promise.all([ended(sample, left), ended(sample, gone)]);
    await expect.poll(create, { timeout: 5_500, interval: 250 }).toBe(403);
    expect((await writer.call(narrowed.access_token, "/v1/models")).status).toBe(200);
    // Who comes back has to agree again.
    await world.join(leaver.principal.userId, "developer");
    expect(await query("SELECT 1 FROM oauth_grants WHERE user_id = $1", [leaver.principal.userId])).toEqual(
      [],
    );
  });
});

it("the metadata of server and resource say where everything is and what is possible", async () => {
  const { issuer } = installation;
  const read = async (path: string) => (await world.reach(issuer + path)).json();
  const server = await read("/.well-known/oauth-authorization-server");
  expect(server).toEqual(await read("/.well-known/openid-configuration"));
  expect(server).toMatchObject({
    issuer,
    authorization_endpoint: `${issuer}/oauth/authorize`,
    token_endpoint: `${issuer}/oauth/token`,
    userinfo_endpoint: `${issuer}/oauth/userinfo`,
    jwks_uri: `${issuer}/.well-known/jwks.json`,
    code_challenge_methods_supported: ["S256"],
    grant_types_supported: expect.arrayContaining([
      "authorization_code",
      "refresh_token",
      "client_credentials",
    ]),
    response_types_supported: ["code"],
    authorization_response_iss_parameter_supported: true,
    id_token_signing_alg_values_supported: ["RS256"],
  });
  expect(await read("/.well-known/oauth-protected-resource")).toMatchObject({
    resource: issuer,
    authorization_servers: [issuer],
  });
});

import { revokeConnection, updateApp } from "@agathaai/core/oauth";
import { fromPublicId } from "@agathaai/core/platform";
import { db } from "@agathaai/core/platform/db/client";
import * as oauth from "openid-client";
import { beforeAll, beforeEach, describe, expect, it } from "vitest";
import { until } from "../../infra/testing/until";
import { query } from "../support/database";
import { customer } from "../support/people";
import type { Browser } from "./browser";
import { openWorld, type World } from "./world";

// A command line on a stock client library, and the person who enters its code in a browser (RFC 8628).
const installation = await openWorld({ TRUSTED_PROXY_HOPS: "1" });
const { issuer } = installation;
let world: World;
let app: Awaited<ReturnType<World["register"]>>;
let config: oauth.Configuration;
const scope = "openid email models:read usage:read";

beforeAll(async () => {
  world = await installation.start();
  app = await world.register({ confidential: false, device_flow: true, name: "Marble CLI" });
  config = (await world.open(app)).config;
});

/** Everyone here is at one address, and some enter many codes. */
beforeEach(async () => {
  await query("DELETE FROM rate_limit_buckets");
});

const begin = (wanted = scope) => oauth.initiateDeviceAuthorization(config, { scope: wanted });
type Codes = Awaited<ReturnType<typeof begin>>;

/** The library asks until there is an answer, here without waiting first. */
const poll = (codes: Codes) => oauth.pollDeviceAuthorizationGrant(config, { ...codes, interval: 0 });

/** What one question about a device code is answered, as any program would ask. */
async function ask(deviceCode: string, clientId = app.id) {
  const reply = await world.reach(`${issuer}/oauth/token`, {
    method: "POST",
    body: new URLSearchParams({
      grant_type: "urn:ietf:params:oauth:grant-type:device_code",
      device_code: deviceCode,
      client_id: clientId,
    }),
  });
  return { status: reply.status, body: await reply.json() };
}

async function post(browser: Browser, path: string, body: object, headers: Record<string, string> = {}) {
  const reply = await browser.open(`/oauth/device/${path}`, {
    method: "POST",
    headers: { "content-type": "application/json", ...headers },
    body: JSON.stringify(body),
  });
  return { status: reply.status, body: await reply.json() };
}

const look = (code: string, browser = world.browser) => post(browser, "request", { user_code: code });
const allow = (code: string, browser = world.browser, orgId = world.ada.orgId) =>
  post(browser, "decision", { user_code: code, decision: "allow", organization_id: orgId });
const deny = (code: string) => post(world.browser, "decision", { user_code: code, decision: "deny" });

const call = async (token: string, path = "/v1/models") =>
  (await world.reach(issuer + path, { headers: { authorization: `Bearer ${token}` } })).status;

describe("a device on a stock client library", () => {
  it("is connected by its person's code, and gets the tokens of any other consent", async () => {
    const codes = await begin();
    expect(codes.user_code).toMatch(/^[BCDFGHJKLMNPQRSTVWXZ]{4}-[BCDFGHJKLMNPQRSTVWXZ]{4}$/);
    expect(codes).toMatchObject({ verification_uri: `${issuer}/device`, interval: 5 });
    expect(codes.expires_in).toBeLessThanOrEqual(600);
    expect((await ask(codes.device_code)).body.error).toBe("authorization_pending");

    const shown = await look(codes.user_code.toLowerCase().replace("-", " "));
    expect(shown).toMatchObject({
      status: 200,
      body: {
        app: { name: "Marble CLI" },
        user_code: codes.user_code,
        scopes: ["openid", "email", "models:read", "usage:read"],
        redirect_host: null,
        device: { same_network: true },
      },
    });
    expect(await allow(codes.user_code)).toMatchObject({ status: 200, body: { decided: "allow" } });

    const tokens = await poll(codes);
    expect(tokens.claims()).toMatchObject({ iss: issuer, aud: app.id, email: world.ada.email });
    expect(tokens.scope).toBe(scope);
    expect(await call(tokens.access_token)).toBe(200);
    expect(await call(tokens.access_token, "/api/v1/usage")).toBe(200);
    const refreshed = await oauth.refreshTokenGrant(config, tokens.refresh_token ?? "");
    expect(refreshed.refresh_token).not.toBe(tokens.refresh_token);
    expect(await call(refreshed.access_token)).toBe(200);

    const { principal } = world;
    const appId = fromPublicId("app", app.id);
    expect((await revokeConnection(db(), { principal, appId, orgId: principal.orgId })).revoked).toBe(1);
    await until(async () => (await call(refreshed.access_token)) === 401);
  });

  it("learns that the person did not agree", async () => {
    const codes = await begin();
    expect((await deny(codes.user_code)).status).toBe(200);
    await expect(poll(codes)).rejects.toMatchObject({ error: "access_denied" });
    expect(await query("SELECT 1 FROM oauth_grants")).toEqual([]);
  });

  it("that asks sooner than it was told is told to slow down", async () => {
    const { device_code: code } = await begin();
    const answers = [await ask(code), await ask(code), await ask(code)].map(({ body }) => body.error);
    // Of three in a row, at most two are in different windows.
    expect(answers[0]).toBe("authorization_pending");
    expect(answers).toContain("slow_down");
  });

  it("is found in the metadata", async () => {
    expect(config.serverMetadata()).toMatchObject({
      device_authorization_endpoint: `${issuer}/oauth/device_authorization`,
      grant_types_supported: expect.arrayContaining(["urn:ietf:params:oauth:grant-type:device_code"]),
    });
  });
});

describe("what attackers try", () => {
  it("a person who guesses codes is stopped after ten, and so is an address with many people", async () => {
    const guess = () => look("BBBB-BBBB");
    for (let tries = 0; tries < 10; tries += 1) expect((await guess()).status).toBe(404);
    expect(await guess()).toMatchObject({ status: 429, body: { error: { code: "too_many_attempts" } } });
    const { user_code: code } = await begin();
    expect((await allow(code)).status).toBe(429);
    const others = await Promise.all(
      Array.from({ length: 4 }, async () => world.signIn(await customer(world.api, installation.stack))),
    );
    const statuses: number[] = [];
    for (const { browser } of others)
      for (let tries = 0; tries < 10; tries += 1) statuses.push((await look("BBBB-BBBB", browser)).status);
    expect(statuses.filter((status) => status === 404).length).toBeLessThanOrEqual(30);
    expect(statuses.at(-1)).toBe(429);
  });

  it("a device code is its own app's", async () => {
    const codes = await begin();
    await allow(codes.user_code);
    const other = await world.register({ confidential: false, device_flow: true, name: "Another" });
    expect((await ask(codes.device_code, other.id)).body.error).toBe("invalid_grant");
    expect((await poll(codes)).access_token).toBeTruthy();
  });

  it("a device code that is used again ends what it bought", async () => {
    const codes = await begin();
    await allow(codes.user_code);
    const tokens = await poll(codes);
    expect((await ask(codes.device_code)).body.error).toBe("invalid_grant");
    expect(await call(tokens.access_token)).toBe(401);
    await expect(oauth.refreshTokenGrant(config, tokens.refresh_token ?? "")).rejects.toMatchObject({
      error: "invalid_grant",
    });
  });

  it("a code takes one decision, also of several at the same moment", async () => {
    const codes = await begin();
    const decided = await Promise.all([
      allow(codes.user_code),
      allow(codes.user_code),
      deny(codes.user_code),
    ]);
    expect(decided.map(({ status }) => status).toSorted()).toEqual([200, 404, 404]);
    expect((await look(codes.user_code)).status).toBe(404);
    expect((await query("SELECT 1 FROM oauth_grants WHERE last_used_at IS NULL")).length).toBeLessThanOrEqual(
      1,
    );
  });

  it("nobody agrees without a session, from another site, or for an organization that is not theirs", async () => {
    const codes = await begin();
    const body = { user_code: codes.user_code, decision: "allow", organization_id: world.ada.orgId };
    const send = (headers: Record<string, string>) => post(world.browser, "decision", body, headers);
    expect((await send({ cookie: "" })).status).toBe(401);
    expect((await send({ "sec-fetch-site": "cross-site" })).status).toBe(403);
    expect((await send({ "content-type": "text/plain" })).status).toBe(415);
    const { orgId } = await customer(world.api, installation.stack);
    expect((await allow(codes.user_code, world.browser, orgId)).status).toBe(404);
    const { browser } = await world.signIn(await customer(world.api, installation.stack));
    expect((await allow(codes.user_code, browser)).status).toBe(404);
    expect((await ask(codes.device_code)).body.error).toBe("authorization_pending");
  });

  it("somebody from another network is told that it is not theirs", async () => {
    const reply = await world.reach(`${issuer}/oauth/device_authorization`, {
      method: "POST",
      headers: { "x-forwarded-for": "203.0.113.9", "user-agent": "Mozilla/5.0 (X11; Linux) Firefox/140.0" },
      body: new URLSearchParams({ client_id: app.id, scope }),
    });
    const { user_code: code } = await reply.json();
    const shown = (await look(code)).body.device;
    expect(shown).toMatchObject({ same_network: false, name: expect.stringContaining("Firefox") });
    expect(Math.abs(Date.parse(shown.asked_at) - Date.now())).toBeLessThan(60_000);
  });

  it("an app that did not turn it on, an unknown one and scopes beyond its own get no code", async () => {
    const plain = await world.register({ confidential: false });
    const start = async (form: Record<string, string>) => {
      const reply = await world.reach(`${issuer}/oauth/device_authorization`, {
        method: "POST",
        body: new URLSearchParams(form),
      });
      return { status: reply.status, error: (await reply.json()).error };
    };
    expect(await start({ client_id: plain.id })).toEqual({ status: 400, error: "invalid_request" });
    const unknown = await start({ client_id: "app_01jd0q4g5te8tvhz3t1c7x9ncm" });
    expect(unknown.error).toBe("invalid_client");
    expect((await start({ client_id: app.id, scope: "history:write" })).error).toBe("invalid_scope");
    expect((await ask("anything", plain.id)).body.error).toBe("invalid_request");
  });

  it("the database holds neither code, and who has it cannot read what is asked", async () => {
    const codes = await begin();
    const rows = await query<{ row: string }>("SELECT to_jsonb(a)::text AS row FROM oauth_artifacts a");
    const text = rows.map(({ row }) => row).join();
    const plain = codes.user_code.replace("-", "");
    for (const secret of [codes.device_code, codes.user_code, plain, app.id]) {
      expect(text).not.toContain(secret);
      expect(text).not.toContain(Buffer.from(secret).toString("hex"));
    }
  });
});

describe("an app that is connected from devices alone", () => {
  it("has no redirect URI, connects by its code, and is refused at the authorization endpoint whatever it sends", async () => {
    const alone = await world.register({
      confidential: false,
      device_flow: true,
      redirect_uris: [],
      name: "Marble CLI alone",
    });
    const own = (await world.open(alone)).config;
    const codes = await oauth.initiateDeviceAuthorization(own, { scope });
    expect(await allow(codes.user_code)).toMatchObject({ status: 200, body: { decided: "allow" } });
    const tokens = await oauth.pollDeviceAuthorizationGrant(own, { ...codes, interval: 0 });
    expect(await call(tokens.access_token)).toBe(200);
    const refreshed = await oauth.refreshTokenGrant(own, tokens.refresh_token ?? "");
    expect(await call(refreshed.access_token)).toBe(200);

    for (const redirect of [undefined, installation.redirectUri, "https://elsewhere.example.com/callback"]) {
      const url = new URL(`${issuer}/oauth/authorize`);
      url.search = new URLSearchParams({
        client_id: alone.id,
        response_type: "code",
        scope,
        code_challenge: "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM",
        code_challenge_method: "S256",
        ...(redirect !== undefined && { redirect_uri: redirect }),
      }).toString();
      const reply = await world.browser.open(url);
      expect([reply.status, reply.headers.get("location")], String(redirect)).toEqual([400, null]);
    }
  });

  it("is the only kind without one, when it is registered and when it is changed", async () => {
    const refused = { code: "invalid_request", param: "redirect_uris" };
    await expect(world.register({ redirect_uris: [] })).rejects.toMatchObject(refused);
    const { principal } = world;
    const both = await world.register({ device_flow: true });
    const id = fromPublicId("app", both.id);
    const update = (changes: object) => updateApp(db(), { principal, input: { id, ...changes } });
    expect(await update({ redirect_uris: [] })).toMatchObject({ redirect_uris: [], device_flow: true });
    await expect(update({ device_flow: false })).rejects.toMatchObject(refused);
    const there = [installation.redirectUri];
    expect(await update({ device_flow: false, redirect_uris: there })).toMatchObject({ device_flow: false });
    await expect(update({ redirect_uris: [] })).rejects.toMatchObject(refused);
  });
});

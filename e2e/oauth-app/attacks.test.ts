import { db } from "@agathaai/core/platform/db/client";
import { beforeAll, describe, expect, it } from "vitest";
import { query } from "../support/database";
import { customer } from "../support/people";
import { connectApp, signAppToken } from "../support/tokens/app-token";
import { type Attacker, attackerOf } from "./attacker";
import { Browser } from "./browser";
import type { SampleApp } from "./sample-app";
import { openWorld, type World } from "./world";

// What RFC 9700 tells attackers to try, each against the running server.
const installation = await openWorld();
const { issuer, redirectUri } = installation;
let world: World;
let app: Awaited<ReturnType<World["register"]>>;
let sample: SampleApp;
let attacker: Attacker;

beforeAll(async () => {
  world = await installation.start();
  app = await world.register();
  sample = await world.open(app);
  attacker = attackerOf({ world, issuer, redirectUri, app, sample });
});

const requestWith: Attacker["requestWith"] = (changes) => attacker.requestWith(changes);
const exchange: Attacker["exchange"] = (...sent) => attacker.exchange(...sent);
const authorized: Attacker["authorized"] = () => attacker.authorized();
const worksAt = async (token: string) => (await sample.call(token, "/v1/models")).status;

describe("a redirect URI that is not the registered one, letter by letter", () => {
  it.each([
    ["longer", `${redirectUri}/more`],
    ["of another path", "https://app.example.com/callbacks"],
    ["out of the path and back", "https://app.example.com/x/../callback"],
    ["with another query", `${redirectUri}?next=https://evil.example`],
    ["with a fragment", `${redirectUri}#x`],
    ["with our host as a user name", "https://app.example.com@evil.example/callback"],
    ["with a user name", "https://me@app.example.com/callback"],
    ["of a longer host", "https://app.example.com.evil.example/callback"],
    ["in other letters", "https://APP.example.com/callback"],
    ["of another port", "https://app.example.com:8443/callback"],
    ["without TLS", "http://app.example.com/callback"],
    ["on the reader's own machine", "http://localhost:9999/callback"],
    ["escaped", "https://app.example.com/%63allback"],
    ["out of the path and back, escaped", "https://app.example.com/x/%2e%2e/callback"],
    ["with a slash more", `${redirectUri}/`],
    ["with its path in other letters", "https://app.example.com/Callback"],
    ["with its scheme in other letters", "HTTPS://app.example.com/callback"],
    ["of the same host with a dot", "https://app.example.com./callback"],
    ["of the same port, written out", "https://app.example.com:443/callback"],
    [
      "with a backslash that some parsers take for a slash",
      "https://evil.example\\@app.example.com/callback",
    ],
    ["with a line break", "https://app.example.com/callback\n"],
    ["with an empty query", `${redirectUri}?`],
    ["of no scheme", "//app.example.com/callback"],
    ["that is data", "data:text/html,<script>alert(1)</script>"],
    ["that is a script", "javascript:alert(1)"],
  ])("%s: nobody is sent there, not even with an error", async (_what, uri) => {
    for (const broken of [{}, { response_type: "token" }, { code_challenge: null, prompt: "none" }]) {
      const reply = await world.browser.open(await requestWith({ redirect_uri: uri, ...broken }));
      expect(reply.status).toBe(400);
      expect(reply.headers.get("location")).toBeNull();
    }
  });

  it("a browser sees our own page of what went wrong, and never the app's or an attacker's", async () => {
    const url = await requestWith({ redirect_uri: "https://evil.example/" });
    const reply = await world.browser.open(url, { headers: { accept: "text/html" } });
    expect([reply.status, reply.headers.get("location")]).toEqual([
      303,
      "/oauth/error?reason=invalid_redirect_uri",
    ]);
  });

  it("a port of the local machine counts as well", async () => {
    const local = await world.register({ redirect_uris: ["http://localhost:8123/callback"] });
    const at = (uri: string) => requestWith({ client_id: local.id, redirect_uri: uri });
    expect((await world.browser.authorize(await at("http://localhost:8123/callback"))).pathname).toMatch(
      /^\/oauth\/consent\//,
    );
    expect((await world.browser.open(await at("http://localhost:8124/callback"))).status).toBe(400);
  });
});

describe("PKCE", () => {
  it.each([
    ["no challenge", { code_challenge: null, code_challenge_method: null }],
    ["the plain method", { code_challenge_method: "plain" }],
    ["a challenge whose method is left to a default", { code_challenge_method: null }],
  ])("cannot be left out or weakened: %s, for confidential apps too", async (_what, changes) => {
    const back = await world.browser.authorize(await requestWith(changes));
    expect(back.href.startsWith(redirectUri)).toBe(true);
    expect(back.searchParams.get("error")).toBe("invalid_request");
    expect(back.searchParams.get("code")).toBeNull();
  });

  it("a code without its verifier, or injected into another's sign-in, buys nothing", async () => {
    const [{ form }, { checks: theirs }] = [await authorized(), await sample.begin()];
    const { code_verifier: _, ...without } = form;
    expect((await exchange(without)).body.error).toBe("invalid_grant");
    const injected = { ...form, code_verifier: theirs.pkceCodeVerifier };
    expect((await exchange(injected)).body.error).toBe("invalid_grant");
  });

  it("implicit and password grants do not exist", async () => {
    for (const type of ["token", "id_token", "code token", "none"]) {
      const back = await world.browser.authorize(await requestWith({ response_type: type }));
      expect(`${back.search}${back.hash}`, type).toMatch(/error=unsupported_response_type/);
    }
    const { ada } = world;
    const password = { grant_type: "password", username: ada.email, password: ada.password };
    expect((await exchange(password)).body.error).toBe("unsupported_grant_type");
    expect((await exchange({ grant_type: "client_credentials" })).body.error).toBe("invalid_request");
  });
});

describe("a code", () => {
  it("used a second time is refused, and what the first use bought ends", async () => {
    const { form } = await authorized();
    const first = await exchange(form);
    expect(first.status).toBe(200);
    expect((await exchange(form)).body.error).toBe("invalid_grant");
    expect(await worksAt(first.body.access_token)).toBe(401);
    const refresh = { grant_type: "refresh_token", refresh_token: first.body.refresh_token };
    expect((await exchange(refresh)).body.error).toBe("invalid_grant");
  });

  it("ends within ten minutes, used or not", async () => {
    const { form } = await authorized();
    const [row] = await query<{ seconds: string }>(
      "SELECT extract(epoch FROM max(expires_at) - now()) AS seconds FROM oauth_artifacts WHERE kind = 'AuthorizationCode'",
    );
    expect(Number(row?.seconds)).toBeGreaterThan(0);
    expect(Number(row?.seconds)).toBeLessThanOrEqual(600);
    await query("UPDATE oauth_artifacts SET expires_at = now() WHERE kind = 'AuthorizationCode'");
    expect((await exchange(form)).body.error).toBe("invalid_grant");
  });

  it("exchanged twice at the same moment leaves nobody with a working token", async () => {
    const { form } = await authorized();
    const replies = await Promise.all([exchange(form), exchange(form)]);
    const won = replies.filter(({ status }) => status === 200);
    expect(won.length).toBeLessThanOrEqual(1);
    for (const { body } of won) {
      const refresh = { grant_type: "refresh_token", refresh_token: body.refresh_token };
      expect((await exchange(refresh)).body.error).toBe("invalid_grant");
    }
  });

  it("is bound to its app, its redirect URI and its secret", async () => {
    const other = await world.register({ name: "Another" });
    const { form } = await authorized();
    expect((await exchange(form, other.client_secret ?? "", other.id)).body.error).toBe("invalid_grant");
    expect((await exchange({ ...form, redirect_uri: `${redirectUri}/` })).body.error).toBe("invalid_grant");
    expect(await exchange(form, "agt_app_wrong")).toMatchObject({ status: 401 });
    expect((await exchange(form)).status).toBe(200);
  });

  it("of another issuer is not taken: every answer says who gives it (RFC 9207)", async () => {
    const { back, checks } = await authorized();
    expect(back.searchParams.get("iss")).toBe(issuer);
    back.searchParams.set("iss", "https://evil.example");
    await expect(sample.finish(back, checks)).rejects.toThrow();
    const denied = await world.browser.authorize(await requestWith({ scope: "billing:write" }));
    expect(denied.searchParams.get("iss")).toBe(issuer);
  });
});

describe("a refresh token", () => {
  it("used a second time ends its whole family, the newest token included", async () => {
    const { back, checks } = await authorized();
    const first = await sample.finish(back, checks);
    const second = await sample.refresh(first.refresh_token ?? "");
    const stolen = { grant_type: "refresh_token", refresh_token: first.refresh_token ?? "" };
    expect((await exchange(stolen)).body.error).toBe("invalid_grant");
    await expect(sample.refresh(second.refresh_token ?? "")).rejects.toMatchObject({
      error: "invalid_grant",
    });
    expect(await worksAt(second.access_token)).toBe(401);
  });

  it("cannot be widened, and is another app's to no avail", async () => {
    const { back, checks } = await authorized();
    const { refresh_token: token = "" } = await sample.finish(back, checks);
    const wider = { grant_type: "refresh_token", refresh_token: token, scope: "models:read inference:write" };
    expect((await exchange(wider)).body.error).toBe("invalid_scope");
    const other = await world.register({ name: "Another" });
    const theirs = { grant_type: "refresh_token", refresh_token: token };
    expect((await exchange(theirs, other.client_secret ?? "", other.id)).body.error).toBe("invalid_grant");
  });
});

describe("consent", () => {
  const allow = () => ({ decision: "allow", organization_id: world.ada.orgId });

  it("belongs to the browser that asked: a link to somebody else's request cannot be agreed to", async () => {
    const attacker = new Browser(issuer, world.reach);
    const page = await attacker.authorize((await sample.begin()).url);
    expect((await world.browser.consentRequest(page)).status).toBe(404);
    expect((await world.browser.decide(page, allow())).status).toBe(404);
    expect((await attacker.decide(page, allow())).status).toBe(401);
  });

  it("cannot be given by another site's page", async () => {
    const page = await world.browser.authorize((await sample.begin()).url);
    const from = (headers: Record<string, string>) => world.browser.decide(page, allow(), headers);
    expect((await from({ "sec-fetch-site": "cross-site" })).status).toBe(403);
    expect((await from({ "sec-fetch-site": "same-site" })).status).toBe(403);
    expect((await from({ "content-type": "text/plain" })).status).toBe(415);
    expect((await from({})).status).toBe(200);
  });

  it("is asked for each time, and never for an organization that is not the person's", async () => {
    const page = await world.browser.authorize((await sample.begin()).url);
    expect(page.pathname).toMatch(/^\/oauth\/consent\/[\w-]+$/);
    const { orgId } = await customer(world.api, installation.stack);
    const theirs = await world.browser.decide(page, { decision: "allow", organization_id: orgId });
    expect(theirs.status).toBe(404);
    const silent = await world.browser.authorize(await requestWith({ prompt: "none" }));
    expect(silent.searchParams.get("error")).toMatch(/_required$/);
  });

  it("that is denied says so to the app, and grants nothing", async () => {
    const { url, checks } = await sample.begin();
    const page = await world.browser.authorize(url);
    const reply = await world.browser.decide(page, { decision: "deny" });
    const back = await world.browser.authorize((await reply.json()).redirect_to);
    expect(back.searchParams.get("error")).toBe("access_denied");
    await expect(sample.finish(back, checks)).rejects.toThrow();
  });

  it("is asked of a person who signed in anew, where the app wants that", async () => {
    const page = await world.browser.authorize(await requestWith({ prompt: "login" }));
    expect(await (await world.browser.consentRequest(page)).json()).toMatchObject({ reauthenticate: true });
    expect((await world.browser.decide(page, allow())).status).toBe(401);
  });
});

describe("an access token", () => {
  it.each<[string, Parameters<typeof signAppToken>[2]]>([
    ["for another audience", { claims: { aud: "https://other.example" } }],
    ["of another issuer", { claims: { iss: "https://evil.example" } }],
    ["that has expired", { claims: { exp: 1 } }],
    ["without an expiry", { claims: { exp: undefined } }],
    ["of another type", { header: { typ: "JWT" } }],
    ["of another person", { claims: { sub: "usr_01jd0q4g5te8tvhz3t1c7x9ncm" } }],
    ["of another organization", { claims: { org: "org_01jd0q4g5te8tvhz3t1c7x9ncm" } }],
    ["of another app", { claims: { client_id: "app_01jd0q4g5te8tvhz3t1c7x9ncm" } }],
    ["without a scope", { claims: { scope: undefined } }],
  ])("%s is refused everywhere", async (_what, wrong) => {
    const connection = await connectApp(world.principal, "Tokens");
    expect(await worksAt(await signAppToken(world.principal, connection))).toBe(200);
    const token = await signAppToken(world.principal, connection, wrong);
    for (const path of ["/v1/models", "/api/v1/usage", "/oauth/userinfo"])
      expect((await sample.call(token, path)).status, path).toBe(401);
    await db().oauthApp.deleteMany({ where: { name: "Tokens" } });
  });

  it("is neither an ID token, nor a refresh token, nor a person's own", async () => {
    const { back, checks } = await authorized();
    const { id_token: idToken = "", refresh_token: refreshToken = "" } = await sample.finish(back, checks);
    for (const token of [idToken, refreshToken]) expect(await worksAt(token)).toBe(401);
    expect((await sample.call(world.ada.accessToken, "/oauth/userinfo")).status).toBe(401);
  });
});

it("a stolen database holds no code, token or secret, and nothing of what they are for", async () => {
  const { back, checks } = await authorized();
  const tokens = await sample.finish(back, checks);
  const rows = JSON.stringify([
    await query(
      "SELECT encode(id, 'escape') AS id, encode(payload_cipher, 'escape') AS payload FROM oauth_artifacts",
    ),
    await query("SELECT to_jsonb(a)::text FROM oauth_apps a"),
  ]);
  for (const secret of [back.searchParams.get("code"), tokens.refresh_token, app.client_secret]) {
    expect(secret).toMatch(/^[\w-]{40,}$/);
    expect(rows).not.toContain(secret);
  }
  expect(rows).not.toContain("accountId");
});

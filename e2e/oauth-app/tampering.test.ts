import { createHash } from "node:crypto";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { decodeJwt } from "jose";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Attacker, attackerOf, basic } from "./attacker";
import type { SampleApp } from "./sample-app";
import { openWorld, type World } from "./world";

// What RFC 9700 tells attackers to change on the way: a request that travels through a browser unsigned, and how it is exchanged.
const installation = await openWorld();
const { issuer, redirectUri } = installation;
let world: World;
let app: Awaited<ReturnType<World["register"]>>;
let sample: SampleApp;
let attacker: Attacker;
/** What a server of the attacker was asked for. */
const asked: string[] = [];
const evil = createServer(({ url = "" }, response) => {
  asked.push(url);
  response.end("{}");
});

beforeAll(async () => {
  world = await installation.start();
  app = await world.register();
  sample = await world.open(app);
  attacker = attackerOf({ world, issuer, redirectUri, app, sample });
  await new Promise<void>((resolve) => evil.listen(0, "127.0.0.1", resolve));
});
afterAll(() => {
  evil.close();
});

/** Where a request leads: the consent page, an error of our own, or back to the app. */
async function leads(url: URL): Promise<{ to: "consent" | "nowhere" | "app"; error: string | null }> {
  const reply = await world.browser.open(url);
  const location = reply.headers.get("location");
  if (location === null) {
    expect(reply.status).toBe(400);
    return { to: "nowhere", error: (await reply.json()).error };
  }
  const at = new URL(location, issuer);
  if (at.origin === issuer) return { to: "consent", error: null };
  expect(`${at.origin}${at.pathname}`).toBe(redirectUri);
  expect(at.searchParams.get("code")).toBeNull();
  return {
    to: "app",
    error: at.searchParams.get("error") ?? new URLSearchParams(at.hash.slice(1)).get("error"),
  };
}

const post = (path: string, form: Record<string, string>, headers: Record<string, string> = {}) =>
  world.reach(`${issuer}${path}`, { method: "POST", headers, body: new URLSearchParams(form) });
const asApp = ({ id, client_secret }: typeof app) => ({ authorization: basic(id, client_secret ?? "") });

describe("an authorization request", () => {
  it.each([
    "client_id",
    "redirect_uri",
    "response_type",
    "response_mode",
    "scope",
    "state",
    "nonce",
    "prompt",
    "code_challenge",
    "code_challenge_method",
  ])("that says %s twice is refused, whichever of them is the right one", async (name) => {
    const { url } = await sample.begin();
    const right = url.searchParams.get(name) ?? "query";
    for (const values of [
      [right, "https://evil.example/"],
      ["https://evil.example/", right],
    ]) {
      url.searchParams.delete(name);
      for (const value of values) url.searchParams.append(name, value);
      const { to, error } = await leads(url);
      expect(to).not.toBe("consent");
      expect(error).toMatch(/^invalid_(request|client)$/);
    }
  });

  it("that leaves its redirect URI to a default is refused: nothing is sent where nobody said", async () => {
    expect(await leads(await attacker.requestWith({ redirect_uri: null }))).toEqual({
      to: "nowhere",
      error: "invalid_request",
    });
  });

  it("is believed as it stands: no object is taken in its place, and none is fetched", async () => {
    const { port } = evil.address() as AddressInfo;
    const unsigned = `${btoa('{"alg":"none"}')}.${btoa(`{"redirect_uri":"https://evil.example/"}`)}.`;
    for (const changes of [
      { request: unsigned },
      { request_uri: `http://127.0.0.1:${port}/request.jwt` },
      { request_uri: "urn:ietf:params:oauth:request_uri:abc" },
      { registration: JSON.stringify({ redirect_uris: ["https://evil.example/"] }) },
    ]) {
      const { to, error } = await leads(await attacker.requestWith(changes));
      expect([to, error]).toEqual(["app", expect.stringMatching(/_not_supported$/)]);
    }
    expect(asked).toEqual([]);
  });

  it("is for our API alone, and shows of the person what its scopes do, whatever it claims", async () => {
    const elsewhere = await leads(await attacker.requestWith({ resource: "https://evil.example/" }));
    expect(elsewhere).toEqual({ to: "app", error: "invalid_target" });
    const { url, checks } = await sample.begin();
    url.searchParams.set("scope", "openid models:read");
    url.searchParams.set("claims", JSON.stringify({ id_token: { email: { essential: true }, name: null } }));
    const tokens = await sample.finish(await world.browser.agree(url, world.ada.orgId), checks);
    const claims = decodeJwt(tokens.id_token ?? "");
    expect(claims.sub).toMatch(/^usr_/);
    expect([claims.email, claims.name]).toEqual([undefined, undefined]);
  });

  it("whose challenge was exchanged on the way gives a code that neither the app nor the attacker can use", async () => {
    const [mine, theirs] = [await sample.begin(), await sample.begin()];
    mine.url.searchParams.set("code_challenge", theirs.url.searchParams.get("code_challenge") ?? "");
    const back = await world.browser.agree(mine.url, world.ada.orgId);
    await expect(sample.finish(back, mine.checks)).rejects.toMatchObject({ error: "invalid_grant" });
    const form = {
      ...{
        grant_type: "authorization_code",
        code: back.searchParams.get("code") ?? "",
        redirect_uri: redirectUri,
      },
      code_verifier: theirs.checks.pkceCodeVerifier,
    };
    expect((await attacker.exchange(form, "agt_app_guessed")).status).toBe(401);
    expect((await post("/oauth/token", { ...form, client_id: app.id })).status).toBe(401);
  });

  it("is decided as it was shown: a decision cannot add to it", async () => {
    const page = await world.browser.authorize((await sample.begin()).url);
    const allow = { decision: "allow", organization_id: world.ada.orgId };
    for (const more of [
      { scopes: ["webhooks:write"] },
      { scope: "openid webhooks:write" },
      { redirect_uri: "https://evil.example/" },
      { client_id: app.id },
    ])
      expect((await world.browser.decide(page, { ...allow, ...more })).status).toBe(400);
    expect((await world.browser.decide(page, allow)).status).toBe(200);
  });
});

describe("an answer", () => {
  it.each(["web_message", "jwt", "query.jwt", "fragment.jwt", "form_post.jwt", "cookie"])(
    "is given in no mode that we do not have: %s",
    async (mode) => {
      const refused = await leads(await attacker.requestWith({ response_mode: mode }));
      expect(refused).toEqual({ to: "app", error: "unsupported_response_mode" });
    },
  );

  it("in any mode goes to the registered address alone, by a GET or by a page that nobody can frame or keep", async () => {
    const decided = async (mode: string) => {
      const page = await world.browser.authorize(await attacker.requestWith({ response_mode: mode }));
      const reply = await world.browser.decide(page, { decision: "allow", organization_id: world.ada.orgId });
      return await world.browser.open((await reply.json()).redirect_to);
    };
    for (const [mode, mark] of [
      ["query", "?"],
      ["fragment", "#"],
    ]) {
      const reply = await decided(mode ?? "");
      // 307 would have the browser post what it posted here (RFC 9700 §4.12).
      expect([302, 303]).toContain(reply.status);
      expect(reply.headers.get("location")?.startsWith(`${redirectUri}${mark}`)).toBe(true);
      expect(reply.headers.get("referrer-policy")).toMatch(/^(no-referrer|strict-origin|same-origin)/);
    }
    const posted = await decided("form_post");
    const text = await posted.text();
    expect(posted.status).toBe(200);
    expect([...text.matchAll(/action="([^"]*)"/g)].map(([, action]) => action)).toEqual([redirectUri]);
    expect(posted.headers.get("content-security-policy")).toContain("frame-ancestors 'none'");
    expect(posted.headers.get("cache-control")).toContain("no-store");
  });

  it.each([
    "/oauth/session/end",
    "/oauth/logout",
    "/session/end",
    "/logout",
    "/oauth/register",
    "/oauth/reg",
    "/reg",
  ])(
    "leads nowhere by %s: there is no signing out that redirects, and no registering by anybody",
    async (path) => {
      const to = `${issuer}${path}?post_logout_redirect_uri=https://evil.example/&client_id=${app.id}`;
      const reply = await world.browser.open(to);
      expect([reply.status, reply.headers.get("location")]).toEqual([404, null]);
      const made = await post(path, { redirect_uris: "https://evil.example/" });
      expect([404, 405]).toContain(made.status);
    },
  );
});

describe("an exchange", () => {
  it("needs the verifier itself: not its challenge, none, a part of it, or that of a code from before", async () => {
    const { form: earlier } = await attacker.authorized();
    const { form } = await attacker.authorized();
    for (const code_verifier of [
      createHash("sha256").update(form.code_verifier).digest("base64url"),
      "",
      form.code_verifier.slice(0, -1),
      `${form.code_verifier}${form.code_verifier}`,
      earlier.code_verifier,
    ]) {
      const { status, body } = await attacker.exchange({ ...form, code_verifier });
      expect([status, body.access_token]).toEqual([400, undefined]);
    }
    const { redirect_uri: _, ...without } = form;
    expect((await attacker.exchange(without)).status).toBe(400);
    expect((await attacker.exchange(form)).status).toBe(200);
  });

  it("is the app's own: its secret cannot be left out, guessed, taken from another app or sent in two ways", async () => {
    const { form } = await attacker.authorized();
    const other = await world.register({ name: "Another" });
    const open = await world.register({ name: "Open", confidential: false });
    const refused = async (more: Record<string, string>, headers: Record<string, string> = {}) => {
      const reply = await post("/oauth/token", { ...form, ...more }, headers);
      expect([400, 401]).toContain(reply.status);
      expect((await reply.json()).error).toMatch(/^invalid_(client|request|grant)$/);
    };
    await refused({});
    await refused({ client_id: app.id });
    await refused({ client_id: app.id, client_secret: "" });
    await refused({ client_id: app.id, client_secret: other.client_secret ?? "" });
    await refused({ client_id: open.id });
    await refused({ client_id: other.id }, asApp(app));
    await refused({ client_id: app.id, client_secret: app.client_secret ?? "" }, asApp(app));
    await refused({}, asApp(other));
    await refused({ client_assertion: "e30.e30.", client_assertion_type: "urn:x" }, {});
    expect((await attacker.exchange(form)).status).toBe(200);
  });

  it("is a POST with its body: nothing of it is taken from a URL, which logs keep", async () => {
    const { form } = await attacker.authorized();
    const query = new URLSearchParams({ ...form, client_id: app.id, client_secret: app.client_secret ?? "" });
    expect((await world.reach(`${issuer}/oauth/token?${query}`)).status).toBe(405);
    const inUrl = await post(`/oauth/token?${query}`, {});
    expect([400, 401]).toContain(inUrl.status);
    const codeInUrl = await post(`/oauth/token?${query}`, { grant_type: "authorization_code" }, asApp(app));
    expect(codeInUrl.status).toBe(400);
    const whole = await attacker.exchange(form);
    expect(whole.status).toBe(200);
    expect(whole.headers.get("cache-control")).toContain("no-store");
  });
});

describe("a token", () => {
  it("is taken from the Authorization header alone, and never from a URL or a form", async () => {
    const { form } = await attacker.authorized();
    const { access_token: token } = (await attacker.exchange(form)).body;
    expect((await sample.call(token, "/v1/models")).status).toBe(200);
    for (const path of ["/v1/models", "/api/v1/usage", "/oauth/userinfo"])
      expect((await world.reach(`${issuer}${path}?access_token=${token}`)).status, path).toBe(401);
    expect([401, 405]).toContain((await post("/oauth/userinfo", { access_token: token })).status);
  });

  it("is told about, refreshed and ended by its own app alone, which says who it is", async () => {
    const { form } = await attacker.authorized();
    const { access_token: token, refresh_token: refresh } = (await attacker.exchange(form)).body;
    const other = await world.register({ name: "Another" });
    for (const secret of [token, refresh]) {
      const told = await post("/oauth/introspect", { token: secret }, asApp(other));
      expect(await told.json()).toEqual({ active: false });
      await post("/oauth/revoke", { token: secret }, asApp(other));
      for (const path of ["/oauth/introspect", "/oauth/revoke"])
        expect((await post(path, { token: secret, client_id: app.id })).status, path).toBe(401);
    }
    const again = { grant_type: "refresh_token", refresh_token: refresh };
    expect((await post("/oauth/token", { ...again, client_id: app.id })).status).toBe(401);
    expect((await attacker.exchange(again, other.client_secret ?? "", other.id)).body.error).toBe(
      "invalid_grant",
    );
    expect((await sample.call(token, "/v1/models")).status).toBe(200);
    expect((await attacker.exchange(again)).status).toBe(200);
  });
});

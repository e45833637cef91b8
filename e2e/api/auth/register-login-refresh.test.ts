import { randomUUID } from "node:crypto";
import { beforeAll, describe, expect, it } from "vitest";
import { startTestProcesses } from "../../../infra/testing/processes/start-test-processes";
import { useTestStack } from "../../../infra/testing/use-test-stack";
import { type Api, expectRefusal, openApi } from "../../support/client";
import { countRows } from "../../support/database";
import { makeKey, signUp, tokenFromEmail } from "../../support/people";

const stack = await useTestStack();
let api: Api;

beforeAll(async () => {
  api = await openApi(await startTestProcesses({ server: true }));
});

const fresh = () => ({
  email: `${randomUUID()}@example.com`,
  password: `quiet agate ${randomUUID()}`,
  name: "Ada Lovelace",
});

describe("POST /api/v1/auth/register", () => {
  it("201: an account, its organization on Free, and tokens that work at once", async () => {
    const body = fresh();
    const reply = await api.post("/api/v1/auth/register", { body });
    expect(reply.status).toBe(201);
    expect(reply.json).toMatchObject({
      user: { email: body.email, name: body.name, email_verified: false },
      organization: { personal: true, role: "owner", plan: "free" },
      token_type: "Bearer",
      expires_in: 900,
    });
    const me = await api.get("/api/v1/me", { as: reply.json.access_token });
    expect(me.json).toEqual({
      user: reply.json.user,
      organization: reply.json.organization,
      scopes: expect.arrayContaining(["keys:write", "billing:write"]),
    });
  });

  it("201 as well for an email that has an account: the same fields, headers and rights, and another account", async () => {
    const body = fresh();
    const first = await api.post("/api/v1/auth/register", { body });
    const password = "entirely different long words";
    const again = await api.post("/api/v1/auth/register", {
      body: { ...body, password, email: ` ${body.email.toUpperCase()} ` },
    });
    expect(again.status).toBe(201);
    expect(again.json.user).toEqual({
      ...first.json.user,
      id: again.json.user.id,
      created_at: again.json.user.created_at,
    });
    expect(again.json.user.id).not.toBe(first.json.user.id);
    expect(Object.keys(again.json)).toEqual(Object.keys(first.json));
    const signedIn = await api.post("/api/v1/auth/login", { body: { email: body.email, password } });
    expect([signedIn.status, signedIn.json.user]).toEqual([200, again.json.user]);
    const key = await api.post("/api/v1/keys", {
      as: again.json.access_token,
      body: { name: "Mine", environment: "live" },
    });
    expectRefusal(key, 403, "email_not_verified", "environment");
  });

  it.each([
    ["a short password", { password: "short" }, 400, "weak_password", "password"],
    ["a common password", { password: "password1234" }, 400, "weak_password", "password"],
    ["no address at all", { email: "nobody" }, 400, "invalid_request", "email"],
    ["an address of another type", { email: 5 }, 400, "invalid_request", "email"],
    ["null for a name", { name: null }, 400, "invalid_request", "name"],
    ["an empty name", { name: "" }, 400, "invalid_request", "name"],
    ["NUL in a name", { name: "Ada\u0000" }, 400, "invalid_request", "name"],
    ["half a surrogate pair in a name", { name: "Ada\ud800" }, 400, "invalid_request", "name"],
    ["an unknown field", { plan: "enterprise" }, 400, "unknown_parameter", "plan"],
    ["a list for a password", { password: ["a"] }, 400, "invalid_request", "password"],
  ])("refuses %s and writes nothing", async (_what, change, status, code, param) => {
    const before = await countRows();
    expectRefusal(
      await api.post("/api/v1/auth/register", { body: { ...fresh(), ...change } }),
      status,
      code,
      param,
    );
    expect(await countRows()).toEqual(before);
  });

  it("400: a missing field is named", async () => {
    const { email, name } = fresh();
    expectRefusal(
      await api.post("/api/v1/auth/register", { body: { email, name } }),
      400,
      "invalid_request",
      "password",
    );
    expectRefusal(await api.post("/api/v1/auth/register"), 400, "invalid_request", "email");
  });
});

describe("POST /api/v1/auth/login", () => {
  it("200: tokens for the right password", async () => {
    const { email, password } = await signUp(api);
    const reply = await api.post("/api/v1/auth/login", { body: { email, password } });
    expect(reply.status).toBe(200);
    expect(reply.json.user.email).toBe(email);
  });

  it("401: a wrong password and an unknown email get the same response", async () => {
    const { email } = await signUp(api);
    const before = await countRows();
    const wrong = await api.post("/api/v1/auth/login", { body: { email, password: "not the password" } });
    const unknown = await api.post("/api/v1/auth/login", {
      body: { email: fresh().email, password: "not the password" },
    });
    expectRefusal(wrong, 401, "invalid_login");
    expectRefusal(unknown, 401, "invalid_login");
    expect(wrong.json.error.message).toBe(unknown.json.error.message);
    expect(await countRows()).toEqual(before);
  });

  it("429 with retry-after after ten wrong passwords from one IP address", async () => {
    const { email } = await signUp(api);
    for (let guess = 0; guess < 10; guess++) {
      expect(
        (await api.post("/api/v1/auth/login", { body: { email, password: `guess ${guess}` } })).status,
      ).toBe(401);
    }
    const reply = await api.post("/api/v1/auth/login", { body: { email, password: "guess 11" } });
    expectRefusal(reply, 429, "too_many_attempts");
    expect(Number(reply.headers.get("retry-after"))).toBeGreaterThan(0);
  });
});

describe("POST /api/v1/auth/refresh", () => {
  const refresh = (token: string, userAgent = "agatha-cli/1.2") =>
    api.post("/api/v1/auth/refresh", {
      body: { refresh_token: token },
      headers: { "user-agent": userAgent },
    });

  it("200: a client that lost the response may repeat the exchange and gets the same new token", async () => {
    const { refreshToken } = await signUp(api);
    const lost = await refresh(refreshToken);
    const again = await refresh(refreshToken);
    expect([again.status, again.json.refresh_token]).toEqual([200, lost.json.refresh_token]);
    expect((await api.get("/api/v1/me", { as: again.json.access_token })).status).toBe(200);
  });

  it("200: new tokens; the old refresh token, used again elsewhere, ends its whole family", async () => {
    const { refreshToken } = await signUp(api);
    const second = await refresh(refreshToken);
    expect(second.status).toBe(200);
    const thief = await refresh(refreshToken, "curl/8.14.1");
    expectRefusal(thief, 401, "invalid_refresh_token", "refresh_token");
    expectRefusal(await refresh(second.json.refresh_token), 401, "invalid_refresh_token", "refresh_token");
    expect((await api.get("/api/v1/me", { as: second.json.access_token })).status).toBe(401);
  });

  it.each(["nonsense", "a".repeat(513), "\u0000"])("never takes %j", async (token) => {
    const reply = await refresh(token);
    expect([400, 401]).toContain(reply.status);
  });
});

describe("POST /api/v1/auth/logout and /logout-all", () => {
  it("200: the session ends at once; doing it again changes nothing", async () => {
    const { accessToken, refreshToken } = await signUp(api);
    const out = () => api.post("/api/v1/auth/logout", { body: { refresh_token: refreshToken } });
    expect((await out()).json).toEqual({ signed_out: true });
    expect((await out()).status).toBe(200);
    expect((await api.get("/api/v1/me", { as: accessToken })).status).toBe(401);
  });

  it("200: every session of the person ends, and nobody else's", async () => {
    const person = await signUp(api);
    const other = await signUp(api);
    const second = await api.post("/api/v1/auth/login", {
      body: { email: person.email, password: person.password },
    });
    expect((await api.post("/api/v1/auth/logout-all", { as: person.accessToken })).status).toBe(200);
    expect((await api.get("/api/v1/me", { as: person.accessToken })).status).toBe(401);
    expect((await api.get("/api/v1/me", { as: second.json.access_token })).status).toBe(401);
    expect((await api.get("/api/v1/me", { as: other.accessToken })).status).toBe(200);
  });

  it("401 without an access token", async () => {
    expectRefusal(await api.post("/api/v1/auth/logout-all"), 401, "missing_credentials");
  });
});

describe("email verification", () => {
  it("200: the emailed token verifies once, and every earlier session and key ends", async () => {
    const person = await signUp(api);
    const key = await makeKey(api, person, { environment: "test" });
    expect((await api.get("/api/v1/models", { as: key })).status).toBe(200);
    const token = await tokenFromEmail(stack, person.email);
    const redeem = () => api.post("/api/v1/auth/verify-email", { body: { token } });
    expect((await redeem()).json).toEqual({ email_verified: true });
    expectRefusal(await redeem(), 400, "invalid_token", "token");
    expectRefusal(await api.get("/api/v1/me", { as: person.accessToken }), 401, "invalid_access_token");
    expectRefusal(await api.get("/api/v1/models", { as: key }), 401, "api_key_revoked");
    const refreshed = await api.post("/api/v1/auth/refresh", {
      body: { refresh_token: person.refreshToken },
    });
    expectRefusal(refreshed, 401, "invalid_refresh_token", "refresh_token");
    const { email, password } = person;
    const again = await api.post("/api/v1/auth/login", { body: { email, password } });
    expect(again.json.user.email_verified).toBe(true);
  });

  it("200: verifying from elsewhere without the password removes the earlier password", async () => {
    const { email, password } = await signUp(api);
    const token = await tokenFromEmail(stack, email);
    const verified = await api.post("/api/v1/auth/verify-email", {
      body: { token },
      headers: { "user-agent": "Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0" },
    });
    expect(verified.json).toEqual({ email_verified: true, password: "removed" });
    expectRefusal(await api.post("/api/v1/auth/login", { body: { email, password } }), 401, "invalid_login");
  });

  it("200: a resent email voids the first, and a verified account is sent none", async () => {
    const person = await signUp(api);
    const first = await tokenFromEmail(stack, person.email);
    const resend = () => api.post("/api/v1/auth/resend-verification", { as: person.accessToken });
    expect((await resend()).json).toEqual({ status: "sent" });
    await expect.poll(() => stack.mailbox.messagesTo(person.email).length).toBe(2);
    const second = await tokenFromEmail(stack, person.email);
    expectRefusal(
      await api.post("/api/v1/auth/verify-email", { body: { token: first } }),
      400,
      "invalid_token",
      "token",
    );
    const { email, password } = person;
    expect((await api.post("/api/v1/auth/verify-email", { body: { token: second, password } })).status).toBe(
      200,
    );
    const { access_token } = (await api.post("/api/v1/auth/login", { body: { email, password } })).json;
    const done = await api.post("/api/v1/auth/resend-verification", { as: access_token });
    expect(done.json).toEqual({ status: "already_verified" });
  });

  it("429 when too many emails are requested", async () => {
    const person = await signUp(api);
    const resend = () => api.post("/api/v1/auth/resend-verification", { as: person.accessToken });
    const statuses = [];
    for (let ask = 0; ask < 6; ask++) statuses.push((await resend()).status);
    expect(statuses).toEqual([200, 200, 200, 200, 200, 429]);
  });
});

describe("password reset", () => {
  it("200: a known and an unknown email get the same response; the emailed token sets a password and ends all sessions", async () => {
    const person = await signUp(api);
    const ask = (email: string) => api.post("/api/v1/auth/password-reset", { body: { email } });
    const [known, unknown] = [await ask(person.email), await ask(fresh().email)];
    expect([known.status, known.text]).toEqual([200, unknown.text]);

    await expect.poll(() => stack.mailbox.messagesTo(person.email).length).toBe(2);
    const token = await tokenFromEmail(stack, person.email);
    const password = `another agate ${randomUUID()}`;
    const confirm = (body: object) => api.post("/api/v1/auth/password-reset/confirm", { body });
    expectRefusal(await confirm({ token, password: "short" }), 400, "weak_password", "password");
    expect((await confirm({ token, password })).json).toEqual({ password_changed: true });
    expectRefusal(await confirm({ token, password }), 400, "invalid_token", "token");
    expect((await api.get("/api/v1/me", { as: person.accessToken })).status).toBe(401);
    expect((await api.post("/api/v1/auth/login", { body: { email: person.email, password } })).status).toBe(
      200,
    );
  });
});

import { createHmac, createPrivateKey, createPublicKey } from "node:crypto";
import { keyScopes } from "@agathaai/core/keys";
import { SignJWT } from "jose";
import { beforeAll, describe, expect, it } from "vitest";
import { codeOf, STEP_MS } from "../../../infra/testing/authenticators/totp";
import { startTestProcesses } from "../../../infra/testing/processes/start-test-processes";
import { useTestStack } from "../../../infra/testing/use-test-stack";
import { type Api, expectRefusal, openApi } from "../../support/client";
import { countRows, query } from "../../support/database";
import { customer, makeKey, type Person } from "../../support/people";

const stack = await useTestStack();
let api: Api;
let person: Person;
let key: string;

beforeAll(async () => {
  api = await openApi(await startTestProcesses({ server: true }));
  person = await customer(api, stack);
  key = await makeKey(api, person);
});

const read = (options: { as?: string; headers?: Record<string, string> }) =>
  api.get("/api/v1/models", options);
const base64url = (value: object) => Buffer.from(JSON.stringify(value)).toString("base64url");
const payloadOf = (token: string) =>
  JSON.parse(Buffer.from(token.split(".")[1] ?? "", "base64url").toString());
const headerOf = (token: string) =>
  JSON.parse(Buffer.from(token.split(".")[0] ?? "", "base64url").toString());

describe("API keys", () => {
  it("work as bearer token and as x-api-key", async () => {
    expect((await read({ as: key })).status).toBe(200);
    expect((await read({ headers: { "x-api-key": key } })).status).toBe(200);
  });

  it.each([
    ["nothing", () => ({}), "missing_credentials"],
    ["a key with one letter changed", () => ({ as: flip(key) }), "invalid_api_key"],
    ["half a key", () => ({ as: key.slice(0, 20) }), "invalid_api_key"],
    ["another provider's key", () => ({ as: "sk-proj-1234567890abcdef" }), "invalid_api_key"],
    ["a forged x-api-key", () => ({ headers: { "x-api-key": "agt_live_0000" } }), "invalid_api_key"],
  ])("401 for %s, and a challenge", async (_what, credentials, code) => {
    const before = await countRows();
    const reply = await read(credentials());
    expectRefusal(reply, 401, code);
    expect(reply.headers.get("www-authenticate")).toMatch(/^Bearer realm="AgathaAI"/);
    expect(reply.headers.get("x-should-retry")).toBe("false");
    expect(await countRows()).toEqual(before);
  });

  it("401 names whether a key was revoked or has expired", async () => {
    const revoked = await makeKey(api, person);
    const id = (await api.get("/api/v1/keys", { as: person.accessToken })).json.data[0].id;
    await api.delete(`/api/v1/keys/${id}`, { as: person.accessToken });
    expectRefusal(await read({ as: revoked }), 401, "api_key_revoked");

    const expired = await makeKey(api, person, {
      expires_at: new Date(Date.now() + 3_600_000).toISOString(),
    });
    await query("UPDATE api_keys SET expires_at = now() - interval '1 s' WHERE expires_at IS NOT NULL");
    expectRefusal(await read({ as: expired }), 401, "api_key_expired");
  });

  it("403 from an IP address outside the key's allow-list", async () => {
    const elsewhere = await makeKey(api, person, { ip_allowlist: ["203.0.113.0/24"] });
    expectRefusal(await read({ as: elsewhere }), 403, "ip_not_allowed");
  });

  it("an IP address that the caller claims in x-forwarded-for is ignored", async () => {
    const elsewhere = await makeKey(api, person, { ip_allowlist: ["203.0.113.0/24"] });
    const reply = await read({ as: elsewhere, headers: { "x-forwarded-for": "203.0.113.9" } });
    expectRefusal(reply, 403, "ip_not_allowed");
  });

  it("403 insufficient_scope: a read-only key cannot submit, and no key manages keys", async () => {
    const reader = await makeKey(api, person, { scopes: ["models:read"] });
    const before = await countRows();
    expectRefusal(
      await api.post("/api/v1/inference", { as: reader, body: { model: "gpt-4o", prompt: "Hi" } }),
      403,
      "insufficient_scope",
    );
    expectRefusal(
      await api.post("/api/v1/keys", { as: key, body: { name: "x", environment: "test" } }),
      403,
      "insufficient_scope",
    );
    expectRefusal(await api.get("/api/v1/me", { as: key }), 403, "insufficient_scope");
    expect(await countRows()).toEqual(before);
  });
});

describe("access tokens", () => {
  it("are signed with RS256 by a published key", async () => {
    const { keys } = (await api.get("/.well-known/jwks.json")).json;
    expect(headerOf(person.accessToken)).toMatchObject({ alg: "RS256", kid: keys[0].kid });
  });

  it.each<[string, () => Promise<string> | string]>([
    [
      "alg none",
      () =>
        `${base64url({ ...headerOf(person.accessToken), alg: "none" })}.${person.accessToken.split(".")[1]}.`,
    ],
    ["HS256 with the public key", hs256],
    ["another person's payload under the same signature", tampered],
    ["a wrong audience", () => resigned({ aud: "someone-else" })],
    ["a wrong issuer", () => resigned({ iss: "someone-else" })],
    ["no expiry", () => resigned({ exp: undefined })],
    ["not yet valid", () => resigned({ nbf: Math.floor(Date.now() / 1000) + 600 })],
    ["another typ", () => resigned({}, { typ: "JWT" })],
    ["an unknown kid", () => resigned({}, { kid: "nobody" })],
    ["a truncated signature", () => person.accessToken.slice(0, -10)],
    ["three dots", () => "a.b.c"],
  ])("401 invalid_access_token: %s", async (_what, forge) => {
    const before = await countRows();
    expectRefusal(await api.get("/api/v1/me", { as: await forge() }), 401, "invalid_access_token");
    expect(await countRows()).toEqual(before);
  });

  it("an expired one gets 401 access_token_expired, so that clients know to refresh", async () => {
    const token = await resigned({ exp: Math.floor(Date.now() / 1000) - 60 });
    expectRefusal(await api.get("/api/v1/me", { as: token }), 401, "access_token_expired");
  });

  it("the same token, signed again unchanged, is accepted: the refusals above are due to the change", async () => {
    expect((await api.get("/api/v1/me", { as: await resigned({}) })).status).toBe(200);
  });
});

function flip(secret: string): string {
  const at = secret.length - 8;
  return secret.slice(0, at) + (secret[at] === "a" ? "b" : "a") + secret.slice(at + 1);
}

function signingKey() {
  return createPrivateKey((process.env.JWT_PRIVATE_KEY ?? "").replaceAll("\\n", "\n"));
}

function hs256(): string {
  const pem = createPublicKey(signingKey()).export({ type: "spki", format: "pem" });
  const signed = `${base64url({ ...headerOf(person.accessToken), alg: "HS256" })}.${person.accessToken.split(".")[1]}`;
  return `${signed}.${createHmac("sha256", pem).update(signed).digest("base64url")}`;
}

function tampered(): string {
  const [header, , signature] = person.accessToken.split(".");
  return `${header}.${base64url({ ...payloadOf(person.accessToken), sv: 99 })}.${signature}`;
}

/** A token by our own key that differs from a real one in the named claims alone. */
function resigned(claims: Record<string, unknown>, header: Record<string, unknown> = {}): Promise<string> {
  const payload = { ...payloadOf(person.accessToken), ...claims };
  return new SignJWT(JSON.parse(JSON.stringify(payload)))
    .setProtectedHeader({ ...headerOf(person.accessToken), ...header })
    .sign(signingKey());
}

describe("a second factor", () => {
  it("is asked for by login, and what guards it asks for a recent proof", async () => {
    const ada = await customer(api, stack);
    const as = ada.accessToken;
    const aged = () =>
      query("UPDATE sessions SET stepped_up_at = now() - interval '11 minutes' WHERE revoked_at IS NULL");
    await aged();
    expectRefusal(await api.post("/api/v1/me/authenticator", { as }), 403, "step_up_required");
    const byPassword = (password: string) => api.post("/api/v1/auth/step-up", { as, body: { password } });
    expectRefusal(await byPassword("not the password"), 401, "invalid_login", "password");
    expectRefusal(await api.post("/api/v1/me/authenticator", { as }), 403, "step_up_required");
    expect((await byPassword(ada.password)).status).toBe(200);

    const { secret } = (await api.post("/api/v1/me/authenticator", { as })).json;
    const code = (steps: number) => codeOf(secret, new Date(Date.now() + steps * STEP_MS));
    const confirm = (text: string) =>
      api.post("/api/v1/me/authenticator/confirm", { as, body: { code: text } });
    expectRefusal(await confirm("12345"), 400, "invalid_request", "code");
    const confirmed = await confirm(code(-1));
    expect([confirmed.status, confirmed.json.recovery_codes?.length]).toEqual([200, 10]);

    const { email, password } = ada;
    const login = (body: object = {}) =>
      api.post("/api/v1/auth/login", { body: { email, password, ...body } });
    expectRefusal(await login(), 401, "second_factor_required", "totp");
    expectRefusal(await login({ totp: code(-1) }), 401, "second_factor_invalid", "totp");
    expect((await login({ totp: code(0) })).status).toBe(200);
    expect((await login({ totp: confirmed.json.recovery_codes[0] })).status).toBe(200);
    const factor = await api.get("/api/v1/me/second-factor", { as });
    expect(factor.json).toMatchObject({ enabled: true, recovery_codes_left: 9 });

    await aged();
    const remove = () => api.delete("/api/v1/me/authenticator", { as });
    expectRefusal(await remove(), 403, "step_up_required");
    expectRefusal(await byPassword(password), 401, "second_factor_required", "totp");
    const proven = await api.post("/api/v1/auth/step-up", { as, body: { totp: code(1) } });
    expect(proven.status).toBe(200);
    expect((await remove()).json).toEqual({ object: "authenticator", deleted: true });
    expect((await login()).status).toBe(200);
  });

  it("leaves API keys alone, but one with every scope is created only after a recent proof", async () => {
    await query("UPDATE sessions SET stepped_up_at = NULL WHERE revoked_at IS NULL");
    expect((await read({ as: key })).status).toBe(200);
    const create = (scopes: readonly string[]) =>
      api.post("/api/v1/keys", {
        as: person.accessToken,
        body: { name: "All", environment: "live", scopes },
      });
    expectRefusal(await create(keyScopes), 403, "step_up_required");
    expect((await create(keyScopes.slice(1))).status).toBe(201);
    const { password } = person;
    await api.post("/api/v1/auth/step-up", { as: person.accessToken, body: { password } });
    expect((await create(keyScopes)).status).toBe(201);
  });
});

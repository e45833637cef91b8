import {
  addPasskey,
  confirmAuthenticator,
  findProviderChallenge,
  listSignIns,
  startAddingPasskey,
  startAuthenticator,
  startPasskeySignIn,
} from "@agathaai/core/accounts";
import { MINUTE, SECOND } from "@agathaai/core/platform";
import { drainAfterResponse } from "@agathaai/core/platform/concurrency/after-response";
import { closeDb, db } from "@agathaai/core/platform/db/client";
import { log } from "@agathaai/core/platform/observability/log";
import { afterAll, afterEach, expect, test, vi } from "vitest";
import { softPasskey } from "../../../../infra/testing/authenticators/soft-passkey";
import { codeOf, STEP_MS } from "../../../../infra/testing/authenticators/totp";
import { makeUser } from "../../../../infra/testing/make-user";
import { until } from "../../../../infra/testing/until";
import { useTestStack } from "../../../../infra/testing/use-test-stack";
import { newPasskeyHolder } from "../passkey-cookie";
import { clearChallengeCookie, writeChallengeCookie } from "./challenge-cookie";
import { authOptions } from "./next-auth";
import { call, envelope, form, site } from "./testing/calls";

await useTestStack({ APP_URL: site });
afterAll(async () => {
  await drainAfterResponse();
  await closeDb();
});
afterEach(() => {
  vi.restoreAllMocks();
});

const password = "correct horse battery staple";

test("signing in and out works by form, and the session's cookie comes and goes", async () => {
  const { email } = await makeUser({ password });
  const signedIn = await call(
    "callback/credentials",
    await form({ email, password, callbackUrl: "/keys?create" }),
  );
  expect([signedIn.status, signedIn.json]).toEqual([200, { url: `${site}/keys?create` }]);
  const session = signedIn.cookies.find((line) => line?.startsWith("__Host-agathaai.session=")) ?? "";
  expect(session.length).toBeGreaterThan(100);
  expect((await call("session", { cookie: session })).json).toEqual({ expires: expect.any(String) });
  const signedOut = await call("signout", await form({ callbackUrl: "/" }, [session]));
  expect([signedOut.status, signedOut.json]).toEqual([200, { url: `${site}/` }]);
  expect((await call("session", { cookie: session })).json).toEqual({});
});

/** Somebody with an authenticator app, confirmed one step ago, so that the codes of now and the next step are good. */
async function makeUserWithFactor() {
  const user = await makeUser({ password, verified: true });
  const ago = { now: () => new Date(Date.now() - STEP_MS) };
  const session = { ...user.claims, emailVerified: true };
  const { secret } = await startAuthenticator(db(), session, ago);
  const code = codeOf(secret, ago.now());
  await confirmAuthenticator(db(), { ...session, code, ip: "203.0.113.9" }, ago);
  return { ...user, codes: [0, STEP_MS].map((ahead) => codeOf(secret, new Date(Date.now() + ahead))) };
}

const opens = ({ cookies }: Awaited<ReturnType<typeof call>>) =>
  cookies.some((line) => line?.startsWith("__Host-agathaai.session=e"));

test("with a second factor a password opens nothing by itself, and says what is missing", async () => {
  const { email, codes } = await makeUserWithFactor();
  const signIn = async (totp: Record<string, string>) =>
    await call("callback/credentials", await form({ email, password, ...totp }));
  const without = await signIn({});
  expect([without.status, without.json, opens(without)]).toEqual([
    401,
    envelope("second_factor_required"),
    false,
  ]);
  const wrong = await signIn({ totp: "no code" });
  expect([wrong.status, wrong.json, opens(wrong)]).toEqual([401, envelope("second_factor_invalid"), false]);
  const right = await signIn({ totp: codes[0] ?? "" });
  expect([right.status, opens(right)]).toEqual([200, true]);
});

test("a passkey signs in by itself or after a password, only in the browser that was asked", async () => {
  const user = await makeUser({ password, verified: true });
  const session = { ...user.claims, emailVerified: true };
  const passkey = softPasskey({ origin: site });
  const made = passkey.create((await startAddingPasskey(db(), session)).options);
  await addPasskey(db(), { ...session, name: "Laptop", credential: made, ip: null });
  const { email } = user;
  const send = async (purpose: "sign_in" | "second_factor", path: string, fields: Record<string, string>) => {
    const { holder, cookie } = newPasskeyHolder();
    const { options } = await startPasskeySignIn(db(), { purpose, holder });
    const signed = JSON.stringify(passkey.get(options));
    const own = cookie.split(";")[0] ?? "";
    const by = (cookies: string[], text = signed) => form({ ...fields, passkey: text }, cookies);
    return {
      elsewhere: await call(path, await by([])),
      garbled: await call(path, await by([own], "{")),
      here: await call(path, await by([own])),
      again: await call(path, await by([own])),
    };
  };
  for (const answers of [
    await send("sign_in", "callback/passkey", {}),
    await send("second_factor", "callback/credentials", { email, password }),
  ]) {
    const { elsewhere, garbled, here, again } = answers;
    for (const refused of [elsewhere, garbled, again]) {
      expect([refused.status, refused.json, opens(refused)]).toEqual([
        401,
        envelope("passkey_invalid"),
        false,
      ]);
    }
    expect([here.status, opens(here)]).toEqual([200, true]);
    expect(here.cookies).toContain("__Host-agathaai.passkey=");
  }
});

test("a browser gets a cookie by which it is known again on another network, and only once it has signed in", async () => {
  const { email, userId } = await makeUser({ password, verified: true, ip: "203.0.113.9" });
  const browserOf = ({ cookies }: Awaited<ReturnType<typeof call>>) =>
    cookies.find((line) => line?.startsWith("__Host-agathaai.browser="));
  const signIn = async (ip: string, extra: string[] = [], typed = password) =>
    await call("callback/credentials", { ...(await form({ email, password: typed }, extra)), ip });
  expect(browserOf(await signIn("203.0.113.9", [], "wrong"))).toBeUndefined();
  const first = await signIn("203.0.113.9");
  const cookie = browserOf(first) ?? "";
  expect(cookie).toMatch(/=[\w-]{43}$/);
  expect(first.headers.getSetCookie().find((line) => line.startsWith(cookie))).toMatch(
    /; Path=\/; Max-Age=7776000; HttpOnly; SameSite=Lax; Secure$/,
  );
  expect(browserOf(await signIn("198.51.100.20", [cookie]))).toBe(cookie);
  // One that we did not make is replaced, and known by nobody.
  const foreign = await signIn("198.51.100.21", ["__Host-agathaai.browser=1"]);
  expect(browserOf(foreign)).not.toContain("browser=1;");
  await drainAfterResponse();
  const history = await listSignIns(db(), { userId, input: { limit: 20 } });
  expect(history.data.map(({ result, new_device }) => [result, new_device])).toEqual([
    ["signed_in", true],
    ["signed_in", false],
    ["signed_in", false],
    ["wrong_password", false],
    ["signed_in", false],
  ]);
});

test("a passkey that is refused is in the history of its person", async () => {
  const user = await makeUser({ password, verified: true });
  const session = { ...user.claims, emailVerified: true };
  const passkey = softPasskey({ origin: site });
  const made = passkey.create((await startAddingPasskey(db(), session)).options);
  await addPasskey(db(), { ...session, name: "Laptop", credential: made, ip: null });
  const { holder, cookie } = newPasskeyHolder();
  const { options } = await startPasskeySignIn(db(), { purpose: "sign_in", holder });
  const signed = JSON.stringify(passkey.get({ ...options, challenge: "AAAA" }));
  await call("callback/passkey", await form({ passkey: signed }, [cookie.split(";")[0] ?? ""]));
  await drainAfterResponse();
  const { data } = await listSignIns(db(), { userId: user.userId, input: { limit: 1 } });
  expect(data).toMatchObject([{ method: "passkey", result: "wrong_passkey", ip: "203.0.113.9" }]);
});

test("a sign-in with a provider ends by a code only in the browser in which it began", async () => {
  const { userId, codes } = await makeUserWithFactor();
  const identity = { provider: "github", providerAccountId: userId } as const;
  await db().linkedAccount.create({ data: { ...identity, userId, createdAt: new Date() } });
  const challenge = await findProviderChallenge(db(), identity);
  const cookie = (await writeChallengeCookie(challenge)).split(";")[0] ?? "";
  const finish = async (cookies: string[], totp = codes[0] ?? "") =>
    await call("callback/second-factor", await form({ totp }, cookies));
  for (const stranger of [[], ["__Host-agathaai.second-factor=e.y.J"]]) {
    const refused = await finish(stranger);
    expect([refused.status, refused.json, opens(refused)]).toEqual([401, envelope("invalid_login"), false]);
  }
  // The challenge is no session, whatever cookie it is sent as.
  const asSession = cookie.replace("second-factor", "session");
  expect((await call("session", { cookie: asSession })).json).toEqual({});
  const wrong = await finish([cookie], "000");
  expect([wrong.status, wrong.json, opens(wrong)]).toEqual([401, envelope("second_factor_invalid"), false]);
  const right = await finish([cookie]);
  expect([right.status, opens(right)]).toEqual([200, true]);
  expect(right.headers.getSetCookie()).toContain(clearChallengeCookie());
});

test("refusals are in our envelope: a wrong password, a missing CSRF token, a route, a method", async () => {
  const { email } = await makeUser({ password });
  const wrong = await call("callback/credentials", await form({ email, password: "wrong" }));
  expect([wrong.status, wrong.json]).toEqual([401, envelope("invalid_login")]);
  const body = new URLSearchParams({ email, password, csrfToken: "forged", json: "true" });
  const forged = await call("callback/credentials", { method: "POST", body });
  expect([forged.status, forged.json]).toEqual([403, envelope("insufficient_scope")]);
  for (const [method, path, status, code] of [
    ["GET", "nothing", 404, "unknown_route"],
    ["GET", "", 404, "unknown_route"],
    ["GET", "callback/nobody", 404, "unknown_route"],
    ["POST", "signin/google", 404, "unknown_route"],
    ["GET", "verify-request", 404, "unknown_route"],
    ["GET", "signout", 405, "method_not_allowed"],
    ["GET", "callback/credentials", 405, "method_not_allowed"],
    ["POST", "session", 405, "method_not_allowed"],
    ["DELETE", "csrf", 405, "method_not_allowed"],
  ] as const) {
    const refused = await call(path, { method });
    expect([refused.status, refused.json], `${method} ${path}`).toEqual([status, envelope(code)]);
    expect(refused.headers.get("x-request-id")).toBe("req_1");
  }
});

test("nothing that a caller sends reaches the log, and next-auth's own log route writes none of it", async () => {
  const free = "ignore all previous instructions";
  const spies = (["debug", "info", "warn", "error", "fatal"] as const).map((level) => vi.spyOn(log(), level));
  for (const path of ["_log", "_LOG", "%5Flog", "_log/", "_log/x"]) {
    const body = new URLSearchParams({ level: "error", code: free, message: free });
    const refused = await call(path, { method: "POST", body });
    expect([refused.status, refused.json], path).toEqual([404, envelope("unknown_route")]);
  }
  for (const path of ["error", "signin"]) {
    const led = await call(
      `${path}?error=${encodeURIComponent(free)}&callbackUrl=${encodeURIComponent(free)}`,
    );
    // The text does not reach a page of ours either, whose URL would be logged.
    expect(led.headers.get("location")).toMatch(/^[^ ]*error=Default$/);
  }
  await call("session", {
    cookie: `__Host-agathaai.session=${free}; __Secure-next-auth.callback-url=${free}`,
  });
  await call("callback/credentials", { method: "POST", type: "application/json", body: `{"${free}` });
  // Messages of next-auth itself: its codes are kept, and of an error only the kind.
  const { logger } = authOptions();
  logger?.error?.(free, new Error(free));
  logger?.error?.("OAUTH_CALLBACK_ERROR", { error: new TypeError(free), providerId: free, message: free });
  logger?.debug?.(free, { free });
  for (const spy of spies) expect(JSON.stringify(spy.mock.calls)).not.toContain("ignore");
  expect(vi.mocked(log().error)).toHaveBeenCalledWith(
    { code: "OAUTH_CALLBACK_ERROR", reason: "TypeError" },
    "portal sign-in",
  );
});

test("a body is bounded, and is a form or flat JSON", async () => {
  const post = (type: string, body: string) => call("callback/credentials", { method: "POST", type, body });
  const formType = "application/x-www-form-urlencoded";
  const large = await post(formType, `email=${"a".repeat(70_000)}`);
  expect([large.status, large.json]).toEqual([413, envelope("payload_too_large")]);
  expect((await post("application/json", `{"email":"${"a".repeat(11 * 1024 * 1024)}"}`)).status).toBe(413);
  expect((await post("application/json", "{")).json).toEqual(envelope("invalid_json"));
  expect((await post("application/json", '{"email":{"a":1}}')).json).toEqual(envelope("invalid_request"));
  expect((await post("application/json", "[]")).json).toEqual(envelope("invalid_request"));
  expect((await post("text/plain", "x")).json).toEqual(envelope("unsupported_media_type", "Content-Type"));
});

test("no redirect leads off the site, by field, URL or cookie, and a malformed cookie is no server error", async () => {
  const { email } = await makeUser({ password });
  for (const away of [
    "https://evil.example/",
    "//evil.example",
    "/.//evil.example",
    "/%09/evil.example",
    "%",
  ]) {
    const cookie = `__Secure-next-auth.callback-url=${encodeURIComponent(away)}`;
    const fields = { email, password, callbackUrl: away };
    const led = await call("callback/credentials", await form(fields, [cookie]));
    expect([led.status, led.json], away).toEqual([200, { url: site }]);
    const { status, headers } = await call(`signin?callbackUrl=${encodeURIComponent(away)}`, { cookie });
    expect([status, new URL(headers.get("location") ?? "", site).origin]).toEqual([302, site]);
    expect(decodeURIComponent(headers.get("location") ?? "")).not.toContain("evil");
  }
});

test("calls are counted by network address", async () => {
  // In one window: as the next one begins, a call of the last leaves room for another.
  await until(() => Date.now() % MINUTE < 50 * SECOND);
  const statuses: number[] = [];
  for (let round = 0; round < 16; round += 1) {
    const calls = Array.from({ length: 20 }, () => call("providers", { ip: "198.51.100.77" }));
    statuses.push(...(await Promise.all(calls)).map(({ status }) => status));
  }
  expect(statuses.filter((status) => status === 200)).toHaveLength(300);
  const refused = await call("_log", { method: "POST", ip: "198.51.100.77" });
  expect([refused.status, refused.json]).toEqual([429, envelope("rate_limit_exceeded")]);
  expect(Number(refused.headers.get("retry-after"))).toBeGreaterThan(0);
  expect((await call("providers", { ip: "198.51.100.78" })).status).toBe(200);
}, 60_000);

import { randomUUID } from "node:crypto";
import { signOutEverywhere } from "@agathaai/core/accounts";
import { drainAfterResponse } from "@agathaai/core/platform/concurrency/after-response";
import { closeDb, db } from "@agathaai/core/platform/db/client";
import NextAuth from "next-auth";
import { encode } from "next-auth/jwt";
import { afterAll, expect, test, vi } from "vitest";
import { makeUser } from "../../../../infra/testing/make-user";
import { useTestStack } from "../../../../infra/testing/use-test-stack";
import { portalCookie } from "../portal-cookie";
import { getPortalPrincipal } from "../portal-principal";
import { authOptions } from "./next-auth";

const jar = new Map<string, string>();
// Outside a request of Next there is no cookie jar: the test's own stands in for it.
vi.mock("next/headers", () => ({
  cookies: async () => ({
    get: (name: string) => (jar.has(name) ? { name, value: jar.get(name) } : undefined),
  }),
  headers: async () => new Headers(),
}));

const stack = await useTestStack({ APP_URL: "https://portal.example.com" });
afterAll(async () => {
  await drainAfterResponse();
  await closeDb();
});

const password = "correct horse battery staple";

interface Answer {
  status: number;
  body: unknown;
  location: string | undefined;
  /** The raw Set-Cookie lines. */
  set: string[];
}

/** One call to the route as a browser makes it, with its cookies kept. */
async function call(
  method: "GET" | "POST",
  path: string[],
  body: Record<string, string> = {},
  ip = "203.0.113.9",
): Promise<Answer> {
  const answer: Answer = { status: 200, body: undefined, location: undefined, set: [] };
  const request = {
    method,
    query: { nextauth: path, ...(method === "GET" ? body : {}) },
    body: method === "POST" ? body : {},
    cookies: Object.fromEntries(jar),
    headers: { host: "attacker.example.com", "x-forwarded-for": ip, "user-agent": "test" },
  };
  const response = {
    status(code: number) {
      answer.status = code;
      return response;
    },
    getHeader: () => answer.set,
    setHeader(name: string, value: string | string[]) {
      if (name.toLowerCase() === "set-cookie") answer.set = [value].flat();
      if (name.toLowerCase() === "location") answer.location = String(value);
      return response;
    },
    send: (sent: unknown) => {
      answer.body = sent;
    },
    json: (sent: unknown) => {
      answer.body = sent;
    },
    end: () => undefined,
  };
  await Reflect.apply(NextAuth, undefined, [request, response, authOptions()]);
  for (const line of answer.set) {
    const [, name = "", value = ""] = /^([^=]+)=([^;]*)/.exec(line) ?? [];
    if (value === "" || /max-age=0|expires=thu, 01 jan 1970/i.test(line)) jar.delete(name);
    else jar.set(name, decodeURIComponent(value));
  }
  return answer;
}

async function csrfToken(): Promise<string> {
  const { body } = await call("GET", ["csrf"]);
  return (body as { csrfToken: string }).csrfToken;
}

async function signIn(email: string, typed = password, ip?: string): Promise<Answer> {
  jar.clear();
  const form = { email, password: typed, csrfToken: await csrfToken(), json: "true" };
  return await call("POST", ["callback", "credentials"], form, ip);
}

test("a password opens the portal by a cookie that scripts, other sites and plain http cannot have", async () => {
  const { email, userId } = await makeUser({ password });
  const { set } = await signIn(email);
  const line = set.find((cookie) => cookie.startsWith("__Host-agathaai.session=")) ?? "";
  expect(line).toMatch(/; HttpOnly/);
  expect(line).toMatch(/; Secure/);
  expect(line).toMatch(/; SameSite=Lax/);
  expect(line).toMatch(/; Path=\//);
  expect(line).not.toMatch(/Domain=/i);
  expect(await getPortalPrincipal()).toMatchObject({
    kind: "session",
    userId,
    role: "owner",
    environment: "test",
  });
  expect((await call("GET", ["session"])).body).toEqual({ expires: expect.any(String) });
});

test("a wrong password, an unknown email and nonsense get the same response and no session", async () => {
  const { email } = await makeUser({ password });
  for (const [address, typed] of [
    [email, "wrong"],
    ["nobody@example.com", password],
    ["nonsense", ""],
  ] as const) {
    const { status, body, set } = await signIn(address, typed);
    expect(status).toBe(401);
    expect((body as { url: string }).url).toBe(
      "https://portal.example.com/api/auth/error?error=invalid_login",
    );
    expect(set.join()).not.toContain("agathaai.session");
    expect(await getPortalPrincipal()).toBeNull();
  }
});

test("password guessing is throttled at the portal as at the API", async () => {
  const { email } = await makeUser({ password });
  for (let i = 0; i < 10; i += 1) await signIn(email, "wrong", "198.51.100.9");
  const refused = await signIn(email, password, "198.51.100.9");
  expect((refused.body as { url: string }).url).toContain("error=too_many_attempts");
  await signIn(email);
  expect(await getPortalPrincipal()).not.toBeNull();
});

test("without the CSRF token nobody is signed in", async () => {
  const { email } = await makeUser({ password });
  jar.clear();
  await call("POST", ["callback", "credentials"], { email, password, csrfToken: "forged", json: "true" });
  expect(await getPortalPrincipal()).toBeNull();
});

test("signing out ends the session itself: a copied cookie no longer works", async () => {
  const { email } = await makeUser({ password });
  await signIn(email);
  const stolen = jar.get(portalCookie().name) ?? "";
  expect(await getPortalPrincipal()).not.toBeNull();
  await call("POST", ["signout"], { csrfToken: await csrfToken(), json: "true" });
  expect(jar.has(portalCookie().name)).toBe(false);
  jar.set(portalCookie().name, stolen);
  expect(await getPortalPrincipal()).toBeNull();
});

test("signing out everywhere ends it, and the browser's cookie is then removed", async () => {
  const { email, userId } = await makeUser({ password });
  await signIn(email);
  await signOutEverywhere(db(), { userId });
  expect(await getPortalPrincipal()).toBeNull();
  await call("GET", ["session"]);
  expect(jar.has(portalCookie().name)).toBe(false);
});

test("cookies that are made up, encrypted with another secret, or of another shape sign nobody in", async () => {
  const { email, userId } = await makeUser({ password });
  await signIn(email);
  const name = portalCookie().name;
  const secret = String(stack.env["NEXTAUTH_SECRET"]);
  const claims = { sub: userId, sid: randomUUID(), sv: 1 };
  const forgeries = [
    "nonsense",
    "a.b.c.d.e",
    await encode({ token: claims, secret: "another secret of at least 32 characters" }),
    await encode({ token: claims, secret }),
    await encode({ token: { sub: userId }, secret }),
    await encode({ token: { ...claims, sub: "1 OR 1=1" }, secret }),
  ];
  for (const forgery of forgeries) {
    jar.set(name, forgery);
    expect(await getPortalPrincipal()).toBeNull();
  }
});

test("a sign-in leads back to our own pages only", async () => {
  const { email } = await makeUser({ password });
  jar.clear();
  const form = { email, password, csrfToken: await csrfToken(), json: "true" };
  for (const callbackUrl of [
    "https://evil.example/",
    "//evil.example",
    "/.//evil.example",
    "/\\evil.example",
    "/\t/evil.example",
    "https:evil.example",
    "https://portal.example.com@evil.example/",
    "/%2f/evil.example",
    "nonsense",
  ]) {
    const away = await call("POST", ["callback", "credentials"], { ...form, callbackUrl });
    expect((away.body as { url: string }).url, callbackUrl).toBe("https://portal.example.com/");
  }
  jar.set("__Secure-next-auth.callback-url", "https://evil.example/");
  const byCookie = await call("POST", ["callback", "credentials"], form);
  expect((byCookie.body as { url: string }).url).toBe("https://portal.example.com/");
  const own = await call("POST", ["callback", "credentials"], { ...form, callbackUrl: "/keys" });
  expect((own.body as { url: string }).url).toBe("https://portal.example.com/keys");
});

test("Google and GitHub are offered only when they are configured", async () => {
  expect(Object.keys((await call("GET", ["providers"])).body as object)).toEqual([
    "credentials",
    "second-factor",
    "passkey",
  ]);
});

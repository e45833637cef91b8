import { expect } from "vitest";
import { handleAuthCall } from "../handle-auth-call";

export const site = "https://portal.example.com";

interface Options {
  method?: string;
  type?: string | null;
  body?: BodyInit;
  cookie?: string;
  ip?: string;
}

/** One call of next-auth's routes, as a browser makes it. */
export async function call(
  path: string,
  { method = "GET", type, body, cookie = "", ip = "203.0.113.9" }: Options = {},
) {
  const headers = new Headers({
    "x-forwarded-for": ip,
    "x-request-id": "req_1",
    "user-agent": "test",
    cookie,
  });
  if (type) headers.set("content-type", type);
  const init: RequestInit = { method, headers, redirect: "manual", ...(body !== undefined && { body }) };
  const response = await handleAuthCall(new Request(`${site}/api/auth/${path}`, init));
  const text = await response.text();
  return {
    status: response.status,
    headers: response.headers,
    text,
    json: text.startsWith("{") ? JSON.parse(text) : undefined,
    cookies: response.headers.getSetCookie().map((line) => line.split(";")[0]),
  };
}

/** A form with the token against forged calls, and the cookie it goes with. */
export async function form(fields: Record<string, string>, extra: string[] = []) {
  const csrf = await call("csrf");
  const body = new URLSearchParams({ ...fields, csrfToken: csrf.json.csrfToken, json: "true" });
  return { method: "POST", body, cookie: [...csrf.cookies, ...extra].join("; ") };
}

export const envelope = (code: string, param: string | null = null) => ({
  error: { message: expect.any(String), type: expect.any(String), param, code, request_id: "req_1" },
});

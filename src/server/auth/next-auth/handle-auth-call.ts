import { AppError, type ErrorCode, errorTable, newRequestId, toErrorEnvelope } from "@agathaai/core/platform";
import { env } from "@agathaai/core/platform/env";
import { z } from "zod";
import { ownPath } from "../../../shared/own-path";
import { errorHeaders, logFailure } from "../../errors/report-error";
import { toAppError } from "../../errors/to-app-error";
import { type AuthRoute, findAuthRoute } from "./auth-routes";
import { type AuthResponse, callNextAuth } from "./call-next-auth";
import { authOptions } from "./next-auth";
import { readAuthBody } from "./read-auth-body";
import { throttleAuthCall } from "./throttle-auth-call";

/**
 * The sign-in routes of next-auth, with our limits on bodies and calls and our error envelope. next-auth gets only what
 * its routes need. Mounted by Next at `/api/auth`.
 */
export async function handleAuthCall(request: Request): Promise<Response> {
  // Set by our own server in front of Next, which overwrites the caller's value.
  const requestId = request.headers.get("x-request-id") ?? newRequestId();
  try {
    return toResponse(await serve(request), requestId);
  } catch (error) {
    const problem = toAppError(error);
    logFailure(problem, { request_id: requestId, procedure: "sign-in route" });
    return errorResponse(problem, requestId);
  }
}

async function serve(request: Request): Promise<AuthResponse> {
  const url = new URL(request.url);
  await throttleAuthCall(request);
  const route = findAuthRoute(request.method, url.pathname);
  const body = route.method === "POST" ? await readAuthBody(request) : {};
  const cookies: string[] = [];
  const response = await callNextAuth(
    {
      method: route.method,
      segments: route.segments.filter((segment) => segment !== undefined),
      query: onSite(pickQuery(url, route)),
      body: onSite(body),
      cookies: onSite(readCookies(request)),
      headers: Object.fromEntries(request.headers),
    },
    authOptions(cookies),
  );
  for (const cookie of cookies) response.headers.append("set-cookie", cookie);
  return response;
}

/** `error` becomes part of a URL, so only a plain code passes. */
function pickQuery({ searchParams }: URL, { query }: AuthRoute): Record<string, string> {
  const picked = query.flatMap((name) => {
    const value = searchParams.get(name);
    if (value === null) return [];
    return [[name, name === "error" && !/^\w{1,64}$/.test(value) ? "Default" : value] as const];
  });
  return Object.fromEntries(picked);
}

function readCookies(request: Request): Record<string, string> {
  const pairs = (request.headers.get("cookie") ?? "").split(";").flatMap((pair) => {
    const at = pair.indexOf("=");
    return at < 0 ? [] : [[pair.slice(0, at).trim(), decode(pair.slice(at + 1).trim())] as const];
  });
  return Object.fromEntries(pairs);
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/**
 * Drops callback URLs that lead off the site. next-auth treats one that it cannot parse as a configuration error and
 * would respond 500 for as long as the cookie lives.
 */
function onSite(fields: Record<string, string>): Record<string, string> {
  const site = env().APP_URL;
  const kept = Object.entries(fields).filter(([name, value]) => {
    const isCallbackUrl = name === "callbackUrl" || name.endsWith("next-auth.callback-url");
    return !isCallbackUrl || ownPath(value, site) !== null;
  });
  return Object.fromEntries(kept);
}

const redirectSchema = z.object({ url: z.string() });

function toResponse({ status, headers, body }: AuthResponse, requestId: string): Response {
  headers.set("cache-control", "no-store");
  const target = redirectSchema.safeParse(body);
  const problem = problemOf(status, target.success ? target.data.url : undefined);
  if (problem !== undefined) {
    const response = errorResponse(problem, requestId);
    for (const cookie of headers.getSetCookie()) response.headers.append("set-cookie", cookie);
    return response;
  }
  if (status >= 300) return new Response(null, { status, headers });
  return Response.json(body, { status, headers });
}

/** The error that next-auth reports only in a URL: our code in it, or a missing CSRF token. */
function problemOf(status: number, url: string | undefined): AppError | undefined {
  const params = url !== undefined && URL.canParse(url) ? new URL(url).searchParams : undefined;
  if (params?.get("csrf") === "true") {
    return new AppError("insufficient_scope", { public: "This call must come from the portal’s own pages." });
  }
  if (status < 400) return undefined;
  const code = params?.get("error") ?? "";
  if (isErrorCode(code)) return new AppError(code, { public: texts[code] ?? "Sign-in failed. Try again." });
  if (status < 500) return new AppError("invalid_request", { public: "Sign-in failed. Start again." });
  return new AppError("internal_error", {
    public: "Something failed on our side. Try again. If it persists, quote the request ID to support.",
    internal: "next-auth failed",
  });
}

const isErrorCode = (code: string): code is ErrorCode => Object.hasOwn(errorTable, code);

const texts: Partial<Record<ErrorCode, string>> = {
  invalid_login: "Wrong email or password.",
  second_factor_required: "This account has a second factor. Enter a code of your authenticator app.",
  passkey_invalid: "This passkey wasn’t accepted. Try again.",
  second_factor_invalid: "This code is wrong, too old, or was used before. Enter the newest one.",
  too_many_attempts: "Too many attempts. Wait a few minutes, then try again, or reset your password.",
  service_unavailable: "Sign-in is temporarily unavailable. Try again in a minute.",
};

function errorResponse(problem: AppError, requestId: string): Response {
  return Response.json(toErrorEnvelope(problem, requestId), {
    status: problem.status,
    headers: { ...errorHeaders(problem), "cache-control": "no-store", "x-request-id": requestId },
  });
}

import { loadUserPrincipal } from "@agathaai/core/accounts";
import {
  finishCompanySignIn,
  samlMetadata,
  startCompanySignIn,
  takeAssertion,
} from "@agathaai/core/company-sign-in";
import { AppError, fromPublicId, newRequestId, type UserPrincipal } from "@agathaai/core/platform";
import { db } from "@agathaai/core/platform/db/client";
import { env } from "@agathaai/core/platform/env";
import { ownPath } from "../../../shared/own-path";
import { logFailure } from "../../errors/report-error";
import { toAppError } from "../../errors/to-app-error";
import { limitBody } from "../../http/request/read-body";
import { keepBrowserCookie } from "../browser-cookie";
import { callerContextOf } from "../caller-context";
import { cookieOf } from "../cookie-of";
import { writeChallengeCookie } from "../next-auth/challenge-cookie";
import { throttleAuthCall } from "../next-auth/throttle-auth-call";
import { portalCookie, readPortalCookie, toSessionClaims, writePortalCookie } from "../portal-cookie";
import { isSameOrigin } from "../same-origin";
import { confirmPath } from "./company-to-confirm";
import { clearHolderCookie, readHolderCookie, writeHolderCookie } from "./holder-cookie";

/** A form with a response; the response itself has a limit too. */
const MAX_RESPONSE_BYTES = 512 * 1024;

/**
 * The browser's way to its company and back, mounted by Next at `/api/auth/company`: `start/{connection}`, `step-up` and
 * `callback`; of SAML `saml/acs`, to which the provider has the browser post, and `saml/finish`. Every answer is a redirect but
 * `saml/metadata`: nobody calls these but a browser.
 */
export async function handleCompanySignIn(request: Request): Promise<Response> {
  const requestId = request.headers.get("x-request-id") ?? newRequestId();
  const url = publicUrlOf(request);
  const [action, id, ...rest] = url.pathname.replace(/^\/api\/auth\/company\/?/, "").split("/");
  try {
    await throttleAuthCall(request);
    if (action === "saml" && rest.length === 0) return await handleSaml(request, url, id);
    if (request.method !== "GET") throw unknownRoute();
    if (rest.length > 0) throw unknownRoute();
    if (action === "start" && id !== undefined) return await start(request, url, fromPublicId("con", id));
    if (action === "step-up" && id === undefined) return await startStepUp(request, url);
    if (action === "callback" && id === undefined) return await finish(request, url);
    throw unknownRoute();
  } catch (error) {
    const problem = toAppError(error);
    logFailure(problem, { request_id: requestId, procedure: "company sign-in" });
    return redirect(`/sign-in?${new URLSearchParams({ error: companyError(problem) }).toString()}`, [
      clearHolderCookie(),
    ]);
  }
}

/**
 * A provider's page of apps may lead here, and so may anybody's page or email: none of them signs a browser in to an account of
 * its choice (login CSRF). A sign-in begins on a page of ours, which says where it leads; on another site's page whoever is
 * signed in goes on as who they are.
 */
async function start(request: Request, url: URL, connectionId: string): Promise<Response> {
  if (!isFromOurPage(request)) {
    const bySite = ["cross-site", "same-site"].includes(request.headers.get("sec-fetch-site") ?? "");
    if (bySite && (await signedInTo(request)) !== null) return redirect("/overview", []);
    return redirect(confirmPath({ connectionId, next: nextOf(url) }), []);
  }
  const started = await startCompanySignIn(db(), { by: { connectionId }, next: nextOf(url) });
  return redirect(started.url, [writeHolderCookie(started.holder)]);
}

async function startStepUp(request: Request, url: URL): Promise<Response> {
  if (!isFromOurPage(request)) return redirect("/overview", []);
  const principal = await signedInTo(request);
  if (principal === null) throw new AppError("missing_credentials", { public: "Sign in first." });
  const by = { stepUp: { sessionId: principal.sessionId } };
  const started = await startCompanySignIn(db(), { by, next: nextOf(url) });
  return redirect(started.url, [writeHolderCookie(started.holder)]);
}

/** Browsers that send no Fetch Metadata name the page itself; no other site can name ours. */
function isFromOurPage({ headers }: Request): boolean {
  return isSameOrigin({
    site: headers.get("sec-fetch-site"),
    origin: headers.get("referer"),
    host: new URL(env().APP_URL).host,
  });
}

async function signedInTo(request: Request): Promise<UserPrincipal | null> {
  const cookie = cookieOf(request.headers.get("cookie") ?? undefined, portalCookie().name);
  const claims = await readPortalCookie(cookie);
  return claims === null ? null : await loadUserPrincipal(db(), toSessionClaims(claims));
}

async function handleSaml(request: Request, url: URL, step: string | undefined): Promise<Response> {
  if (step === "acs" && request.method === "POST") {
    const fields = new URLSearchParams(await limitBody(request, MAX_RESPONSE_BYTES).text());
    const [state, response] = [fields.get("RelayState"), fields.get("SAMLResponse")];
    if (state === null || response === null) throw unknownRoute();
    await takeAssertion(db(), { state, response });
    // A post from another site brings no cookie; this request of our own does.
    return redirect(`/api/auth/company/saml/finish?${new URLSearchParams({ state }).toString()}`, []);
  }
  if (request.method !== "GET") throw unknownRoute();
  if (step === "finish") return await finish(request, url);
  if (step !== "metadata") throw unknownRoute();
  const headers = { "content-type": "application/samlmetadata+xml; charset=utf-8" };
  return new Response(samlMetadata(), { headers });
}

async function finish(request: Request, url: URL): Promise<Response> {
  const headers = Object.fromEntries(request.headers);
  const holder = readHolderCookie(headers.cookie);
  const caller = callerContextOf(headers);
  const finished = await finishCompanySignIn(db(), { url, holder, ...caller });
  const done = [clearHolderCookie()];
  switch (finished.kind) {
    case "signed_in":
      return redirect(finished.next, [
        ...done,
        keepBrowserCookie(caller.browser),
        await writePortalCookie(finished.session),
      ]);
    case "stepped_up":
      return redirect(finished.next, done);
    case "second_factor": {
      const { connectionId, userId, sessionVersion } = finished.challenge;
      const challenge = { provider: "company", userId, sessionVersion, connectionId } as const;
      return redirect(`/sign-in?${new URLSearchParams({ step: "code", next: finished.next }).toString()}`, [
        ...done,
        await writeChallengeCookie(challenge),
      ]);
    }
  }
}

/** Next knows the address that it listens on; the identity provider was told the public one. */
function publicUrlOf(request: Request): URL {
  const { pathname, search } = new URL(request.url);
  return new URL(`${pathname}${search}`, env().APP_URL);
}

const nextOf = (url: URL) => ownPath(url.searchParams.get("next") ?? "", env().APP_URL) ?? "/overview";

/** The codes that the sign-in page has words for. */
function companyError({ code, param }: AppError): string {
  if (code === "email_not_verified") return "company_email";
  if (code === "too_many_attempts" || code === "service_unavailable") return code;
  if (param === "EncryptedAssertion") return "company_encrypted";
  if (param === "SignatureMethod") return "company_signature";
  return "company_failed";
}

function redirect(to: string, cookies: readonly string[]): Response {
  const headers = new Headers({ location: new URL(to, env().APP_URL).href, "cache-control": "no-store" });
  for (const cookie of cookies) headers.append("set-cookie", cookie);
  return new Response(null, { status: 303, headers });
}

function unknownRoute(): AppError {
  return new AppError("unknown_route", { public: "Sign-in route not found." });
}

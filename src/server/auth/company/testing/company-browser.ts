import { loadPrincipalEvenSuspended } from "@agathaai/core/accounts";
import type { UserPrincipal } from "@agathaai/core/platform";
import { db } from "@agathaai/core/platform/db/client";
import { cookieOf } from "../../cookie-of";
import { portalCookie, readPortalCookie, toSessionClaims } from "../../portal-cookie";
import { handleCompanySignIn } from "../handle-company-sign-in";

const OURS = "http://localhost:3000";

/** A browser that goes to a company and comes back: cookies by host, redirects one by one. */
export class CompanyBrowser {
  readonly #jar = new Map<string, Map<string, string>>();

  constructor(readonly ip = "203.0.113.9") {}

  /** Opens one page, ours by its handler and the company's over HTTP. */
  async open(
    address: string | URL,
    form?: Record<string, string>,
    more: Record<string, string> = {},
  ): Promise<Response> {
    const url = new URL(address, OURS);
    const own = { cookie: this.cookies(url), "x-forwarded-for": this.ip, "user-agent": "Firefox" };
    const site = url.origin === OURS && { "sec-fetch-site": "same-origin" };
    const headers = { ...own, ...site, ...more };
    const reply =
      url.origin === OURS
        ? await handleCompanySignIn(new Request(url, { headers }))
        : await fetch(url, {
            redirect: "manual",
            headers,
            ...(form && { method: "POST", body: new URLSearchParams(form) }),
          });
    for (const line of reply.headers.getSetCookie()) this.#keep(url, line);
    return reply;
  }

  /** Follows a link to our site that stands on another one, or in an email (`none`). */
  async openFromElsewhere(address: string, site = "cross-site"): Promise<URL> {
    return locationOf(await this.open(address, undefined, { "sec-fetch-site": site }), OURS);
  }

  /** To the company's page, where `person` signs in if they are asked. @returns where the company sends the browser. */
  async atCompany(start: string, person: string): Promise<URL> {
    let at = locationOf(await this.open(start), OURS);
    while (at.origin !== OURS) {
      const isPage = at.pathname.startsWith("/interaction/");
      at = locationOf(await this.open(at, isPage ? { person } : undefined), at);
    }
    return at;
  }

  /** The whole way. @returns where we send the browser at its end. */
  async signIn(start: string, person: string): Promise<URL> {
    return locationOf(await this.open(await this.atCompany(start, person)), OURS);
  }

  /** As if nobody had ever signed in at the company here. */
  forgetCompany(): void {
    for (const host of this.#jar.keys()) if (host !== new URL(OURS).host) this.#jar.delete(host);
  }

  /** Who is signed in here. */
  async principal(): Promise<UserPrincipal | null> {
    const cookie = cookieOf(this.cookies(new URL(OURS)), portalCookie().name);
    const claims = await readPortalCookie(cookie);
    return claims === null ? null : await loadPrincipalEvenSuspended(db(), toSessionClaims(claims));
  }

  cookies({ host }: URL): string {
    return [...(this.#jar.get(host) ?? [])].map(([name, value]) => `${name}=${value}`).join("; ");
  }

  #keep({ host }: URL, line: string): void {
    const [pair = ""] = line.split(";");
    const at = pair.indexOf("=");
    const jar = this.#jar.get(host) ?? new Map<string, string>();
    this.#jar.set(host, jar);
    if (pair.slice(at + 1) === "") jar.delete(pair.slice(0, at));
    else jar.set(pair.slice(0, at), pair.slice(at + 1));
  }
}

function locationOf(reply: Response, base: string | URL): URL {
  const location = reply.headers.get("location");
  if (location === null) throw new Error(`no redirect but ${reply.status}`);
  return new URL(location, base);
}

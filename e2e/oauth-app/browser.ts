/** What a browser does in an authorization, without one: cookies by path, redirects by hand, the consent page's two calls. */
export class Browser {
  readonly #jar = new Map<string, { value: string; path: string }>();

  constructor(
    private readonly issuer: string,
    private readonly reach: typeof fetch,
    /** The portal's cookie; none for a reader who is not signed in. */
    private readonly session?: string,
  ) {}

  async open(url: string | URL, init: RequestInit = {}): Promise<Response> {
    const { pathname } = new URL(url, this.issuer);
    const stored = [...this.#jar].filter(
      ([, { path }]) => pathname === path || pathname.startsWith(`${path}/`),
    );
    const cookie = [
      ...stored.map(([name, { value }]) => `${name}=${value}`),
      ...(this.session ? [this.session] : []),
    ].join("; ");
    const reply = await this.reach(new URL(url, this.issuer), {
      ...init,
      redirect: "manual",
      headers: { cookie, "sec-fetch-site": "same-origin", ...init.headers },
    });
    for (const line of reply.headers.getSetCookie()) this.#keep(line);
    return reply;
  }

  /** From "Sign in with AgathaAI" to the consent page. @returns its address, or where else the reader was sent. */
  async authorize(url: string | URL): Promise<URL> {
    return located(await this.open(url), this.issuer);
  }

  async consentRequest(page: URL): Promise<Response> {
    return await this.open(`${page.pathname}/request`);
  }

  async decide(page: URL, decision: object, headers: Record<string, string> = {}): Promise<Response> {
    return await this.open(page.pathname, {
      method: "POST",
      body: JSON.stringify(decision),
      headers: { "content-type": "application/json", ...headers },
    });
  }

  /** The whole way of a reader who agrees. @returns the address at the app that they come back to. */
  async agree(url: string | URL, organizationId: string): Promise<URL> {
    const reply = await this.decide(await this.authorize(url), {
      decision: "allow",
      organization_id: organizationId,
    });
    const text = await reply.text();
    if (reply.status !== 200) throw new Error(`the consent was refused: ${text}`);
    return located(await this.open(JSON.parse(text).redirect_to), this.issuer);
  }

  #keep(line: string): void {
    const [pair = "", ...attributes] = line.split(";").map((part) => part.trim());
    const at = pair.indexOf("=");
    const path = attributes.find((one) => /^path=/i.test(one))?.slice(5) ?? "/";
    const value = pair.slice(at + 1);
    if (value === "") this.#jar.delete(pair.slice(0, at));
    else this.#jar.set(pair.slice(0, at), { value, path: path.replace(/\/$/, "") });
  }
}

function located(reply: Response, base: string): URL {
  const location = reply.headers.get("location");
  if (location === null) throw new Error(`no redirect but ${reply.status}`);
  return new URL(location, base);
}

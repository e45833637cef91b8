import type { SampleApp } from "./sample-app";
import type { World } from "./world";

interface Target {
  world: World;
  issuer: string;
  redirectUri: string;
  app: Awaited<ReturnType<World["register"]>>;
  sample: SampleApp;
}

/** What an attacker of an app's authorization can do: change the request, redeem a code by hand, and use what a person's browser brings back. */
export function attackerOf({ world, issuer, redirectUri, app, sample }: Target) {
  return {
    /** An authorization request with one thing about it changed; null takes it away. */
    async requestWith(changes: Record<string, string | null>): Promise<URL> {
      const { url } = await sample.begin();
      for (const [name, value] of Object.entries(changes)) {
        if (value === null) url.searchParams.delete(name);
        else url.searchParams.set(name, value);
      }
      return url;
    },
    async exchange(form: Record<string, string>, secret = app.client_secret ?? "", id = app.id) {
      const reply = await world.reach(`${issuer}/oauth/token`, {
        method: "POST",
        headers: { authorization: basic(id, secret) },
        body: new URLSearchParams(form),
      });
      return { status: reply.status, headers: reply.headers, body: await reply.json() };
    },
    /** A person agrees; returns the code and the verifier that belongs to it. */
    async authorized() {
      const { url, checks } = await sample.begin();
      const back = await world.browser.agree(url, world.ada.orgId);
      const form = {
        grant_type: "authorization_code",
        code: back.searchParams.get("code") ?? "",
        code_verifier: checks.pkceCodeVerifier,
        redirect_uri: redirectUri,
      };
      return { back, checks, form };
    },
  };
}

export type Attacker = ReturnType<typeof attackerOf>;

export const basic = (id: string, secret: string) =>
  `Basic ${Buffer.from(`${id}:${secret}`).toString("base64")}`;

import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { exportJWK, generateKeyPair } from "jose";
import Provider, { type Configuration } from "oidc-provider";
import { closeServer, listenOnLoopback, readBody } from "../loopback-server";

export interface StandInPerson {
  sub: string;
  email?: string;
  email_verified?: boolean;
  name?: string;
  hd?: string;
  /** Since when they are signed in there, in seconds; now, unless said. */
  auth_time?: number;
}

export interface IdentityProvider {
  issuer: string;
  /** What to enter at the product. */
  client: { issuer: string; client_id: string; client_secret: string };
  /** People who can sign in, by their id. */
  people: Map<string, StandInPerson>;
  stop(): Promise<void>;
}

interface Options {
  redirectUri: string;
  /** Claims of email and profile only at the userinfo endpoint, as some providers do it. */
  thinIdToken?: boolean;
  /** Every ID token says when the person signed in. */
  authTime?: boolean;
}

/** A company's identity provider: OpenID Connect by `oidc-provider`, with a page that asks who signs in. */
export async function startIdentityProvider({
  redirectUri,
  thinIdToken = false,
  authTime = false,
}: Options): Promise<IdentityProvider> {
  const people = new Map<string, StandInPerson>();
  const server = createServer();
  const issuer = `http://127.0.0.1:${await listenOnLoopback(server)}`;
  const client = { client_id: "agathaai", client_secret: "a-secret-of-the-stand-in-identity-provider" };
  const { privateKey } = await generateKeyPair("RS256", { extractable: true });
  const configuration: Configuration = {
    clients: [
      {
        ...client,
        redirect_uris: [redirectUri],
        grant_types: ["authorization_code"],
        require_auth_time: authTime,
      },
    ],
    jwks: { keys: [{ ...(await exportJWK(privateKey)), kid: "stand-in", use: "sig", alg: "RS256" }] },
    cookies: { keys: ["the stand-in's own cookie key"] },
    features: { devInteractions: { enabled: false } },
    interactions: { url: (_, { uid }) => `/interaction/${uid}` },
    pkce: { required: () => true },
    conformIdTokenClaims: thinIdToken,
    claims: { openid: ["sub", "hd"], email: ["email", "email_verified"], profile: ["name"] },
    findAccount: (_, id) => {
      const person = people.get(id);
      if (person === undefined) return undefined;
      const { auth_time: _since, ...claims } = person;
      return { accountId: id, claims: () => claims };
    },
    loadExistingGrant: async ({ oidc }) => {
      const grant = new oidc.provider.Grant({
        clientId: oidc.client?.clientId ?? "",
        accountId: oidc.session?.accountId ?? "",
      });
      grant.addOIDCScope("openid email profile");
      await grant.save();
      return grant;
    },
  };
  const provider = new Provider(issuer, configuration);
  const library = provider.callback();
  server.on("request", (request, response) => {
    const uid = /^\/interaction\/([\w-]+)$/.exec(request.url ?? "")?.[1];
    if (uid === undefined) library(request, response);
    else void interact(provider, people, request, response);
  });
  return { issuer, client: { issuer, ...client }, people, stop: () => closeServer(server) };
}

async function interact(
  provider: Provider,
  people: ReadonlyMap<string, StandInPerson>,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  if (request.method === "GET") {
    response.writeHead(200, { "content-type": "text/html; charset=utf-8" }).end(page(people));
    return;
  }
  const form = new URLSearchParams((await readBody(request, { maxMegabytes: 1 })).toString());
  const accountId = form.get("person") ?? "";
  const since = people.get(accountId)?.auth_time;
  const login = { accountId, ...(since !== undefined && { ts: since }) };
  await provider.interactionFinished(request, response, { login }, { mergeWithLastSubmission: false });
}

const page = (people: ReadonlyMap<string, StandInPerson>) => `<!doctype html><html lang="en">
<title>Stand-in identity provider</title><main><h1>Sign in at your company</h1><form method="post">
${[...people.values()].map(({ sub, name }) => `<button name="person" value="${inHtml(sub)}">${inHtml(name ?? sub)}</button>`).join("\n")}
</form></main></html>`;

const inHtml = (text: string) =>
  text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll('"', "&quot;");

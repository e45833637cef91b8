import { fromPublicId, type UserPrincipal } from "@agathaai/core/platform";
import { db } from "@agathaai/core/platform/db/client";
import { createServiceAccount, createServiceAccountInputSchema } from "@agathaai/core/service-accounts";
import * as oauth from "openid-client";
import { until } from "../../infra/testing/until";
import { openWorld, type World } from "./world";

export const uuidOf = (id: string) => fromPublicId("sva", id);

/** What a service account sends to get a token. */
export const forItself = { grant_type: "client_credentials" };

/** An installation, and what makes and uses the service accounts of its customer once it is started. */
export async function openAccounts() {
  const installation = await openWorld();
  const { issuer } = installation;
  let started: World | undefined;
  const here = () => {
    if (started === undefined) throw new Error("it has not been started");
    return started;
  };

  async function make(settings: Record<string, unknown> = {}, principal: UserPrincipal = here().principal) {
    const input = createServiceAccountInputSchema.parse({
      name: "Nightly reports",
      environment: "live",
      scopes: ["models:read", "usage:read", "inference:write", "inference:read"],
      ...settings,
    });
    return await createServiceAccount(db(), { principal, input });
  }

  /** The account's own client, as it would be configured in its server. */
  async function clientOf(id: string, secret: string) {
    const config = await oauth.discovery(new URL(issuer), id, secret, oauth.ClientSecretBasic(secret), {
      execute: [oauth.allowInsecureRequests],
      [oauth.customFetch]: here().reach as oauth.CustomFetch,
    });
    return {
      config,
      token: (scope?: string) => oauth.clientCredentialsGrant(config, scope === undefined ? {} : { scope }),
    };
  }

  /** What the token endpoint says to any form and secret. */
  async function exchange(form: Record<string, string>, id: string, secret: string) {
    const reply = await here().reach(`${issuer}/oauth/token`, {
      method: "POST",
      headers: { authorization: `Basic ${Buffer.from(`${id}:${secret}`).toString("base64")}` },
      body: new URLSearchParams(form),
    });
    return { status: reply.status, body: await reply.json() };
  }

  async function call(token: string, path: string, body?: unknown): Promise<Response> {
    return await here().reach(issuer + path, {
      headers: {
        authorization: `Bearer ${token}`,
        ...(body !== undefined && { "content-type": "application/json" }),
      },
      ...(body !== undefined && { method: "POST", body: JSON.stringify(body) }),
    });
  }

  const statusAt = async (token: string) => (await call(token, "/v1/models")).status;
  const ended = (token: string) => until(async () => (await statusAt(token)) === 401);

  const start = async () => {
    started = await installation.start();
    return started;
  };
  return { installation, issuer, start, make, clientOf, exchange, call, statusAt, ended };
}

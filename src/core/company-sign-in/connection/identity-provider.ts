import { LRUCache } from "lru-cache";
import {
  allowInsecureRequests,
  ClientSecretBasic,
  ClientSecretPost,
  Configuration,
  customFetch,
  discovery,
  enableNonRepudiationChecks,
} from "openid-client";
import { AppError, MINUTE } from "../../platform";
import { singleton } from "../../platform/concurrency/singleton";
import { env } from "../../platform/env";
import { log } from "../../platform/observability/log";
import { providerFetch } from "./provider-fetch";

export interface Client {
  issuer: string;
  clientId: string;
  clientSecret: string;
}

/** By connection and the moment it was last changed: discovery documents and keys, read anew every ten minutes. */
const known = singleton(
  "identity provider documents",
  () => new LRUCache<string, Configuration>({ max: 500, ttl: 10 * MINUTE }),
);

/** @throws AppError `invalid_request`, param `issuer`, where its discovery document cannot be used. */
export async function identityProvider(client: Client, cacheKey: string): Promise<Configuration> {
  const cached = known().get(cacheKey);
  if (cached !== undefined) return cached;
  const made = await discover(client);
  known().set(cacheKey, made);
  return made;
}

export async function discover({ issuer, clientId, clientSecret }: Client): Promise<Configuration> {
  const insecure = env().AGATHA_PRIVATE_IDENTITY_PROVIDERS ? [allowInsecureRequests] : [];
  try {
    const found = await discovery(new URL(issuer), clientId, undefined, undefined, {
      [customFetch]: providerFetch,
      execute: insecure,
    });
    const server = found.serverMetadata();
    const methods = server.token_endpoint_auth_methods_supported;
    const byHeader = methods === undefined || methods.includes("client_secret_basic");
    const authentication = byHeader ? ClientSecretBasic(clientSecret) : ClientSecretPost(clientSecret);
    const configuration = new Configuration(server, clientId, undefined, authentication);
    configuration[customFetch] = providerFetch;
    // Signatures of ID tokens are verified too, not only where they came from.
    enableNonRepudiationChecks(configuration);
    for (const allow of insecure) allow(configuration);
    if (server.authorization_endpoint === undefined || server.token_endpoint === undefined) {
      throw new Error("the discovery document lacks endpoints");
    }
    return configuration;
  } catch (error) {
    const reason = error instanceof Error ? error.message : "unknown";
    log().info({ reason }, "an identity provider's discovery document could not be used");
    throw new AppError("invalid_request", {
      public:
        "We couldn’t read your identity provider’s discovery document, or it names another issuer. Copy the issuer exactly as your provider writes it.",
      param: "issuer",
      cause: error,
    });
  }
}

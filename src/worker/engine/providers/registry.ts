import type { Env } from "@agathaai/core/platform/env";
import {
  isProvider,
  type Provider as ProviderId,
  providerIds,
  providerVariables,
} from "../../../shared/providers";
import { type CredentialRings, credentialRings } from "../credentials/credential-rings";
import { rotatingProvider } from "../credentials/rotating-provider";
import type { ProviderName } from "../failures/errors";
import { deepSeek } from "./deepseek/deepseek";
import { gemini } from "./gemini/gemini";
import type { ProviderModule } from "./live-protocol";
import { openAi } from "./openai/openai";
import type { Provider } from "./provider";
import { simulatorProvider } from "./simulator/simulator";

/** How each provider is called. A provider of the catalogue without a row here does not compile. */
export const providerModules: Record<ProviderId, ProviderModule> = {
  openai: openAi,
  gemini,
  deepseek: deepSeek,
};

export type Providers = Record<ProviderName, Provider>;

type Variables = ReturnType<typeof providerVariables>;
export type ProviderEnv = Pick<Env, Variables["apiKey" | "baseUrl"]>;

/** One of each for the life of the process: they keep their connections, and share what is known of our keys. */
export function createProviders(env: ProviderEnv, rings: CredentialRings = credentialRings(env)): Providers {
  const create = (id: ProviderId): Provider =>
    rotatingProvider((access) => providerModules[id].connect(access), {
      baseUrl: env[providerVariables(id).baseUrl],
      ring: rings[id],
    });
  const real = Object.fromEntries(providerIds.map((id) => [id, create(id)])) as Record<ProviderId, Provider>;
  return { ...real, simulator: simulatorProvider() };
}

/** Test keys never reach a provider, whatever model they name. Undefined for a provider that is not in the registry. */
export function routeToProvider(
  providers: Providers,
  job: { environment: "live" | "test"; provider: string },
): Provider | undefined {
  if (job.environment === "test") return providers.simulator;
  return isProvider(job.provider) ? providers[job.provider] : undefined;
}

import type { Env } from "@agathaai/core/platform/env";
import {
  isProvider,
  type Provider as ProviderId,
  providerIds,
  providerVariables,
} from "../../../shared/providers";
import type { ProviderName } from "../failures/errors";
import { deepSeekProvider } from "./deepseek/deepseek";
import { geminiProvider } from "./gemini/gemini";
import { openAiProvider } from "./openai/openai";
import type { Provider, ProviderAccess } from "./provider";
import { simulatorProvider } from "./simulator/simulator";

/** How each provider is called. A provider of the catalogue without a row here does not compile. */
const registry: Record<ProviderId, (access: ProviderAccess) => Provider> = {
  openai: openAiProvider,
  gemini: geminiProvider,
  deepseek: deepSeekProvider,
};

export type Providers = Record<ProviderName, Provider>;

type Variables = ReturnType<typeof providerVariables>;
type ProviderEnv = Pick<Env, Variables["apiKey" | "baseUrl"]>;

/** One of each for the life of the process: they keep their connections. */
export function createProviders(env: ProviderEnv): Providers {
  const create = (id: ProviderId): Provider => {
    const { apiKey, baseUrl } = providerVariables(id);
    return registry[id]({ apiKey: env[apiKey], baseUrl: env[baseUrl] });
  };
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

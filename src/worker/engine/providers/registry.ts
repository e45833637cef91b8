import type { Env } from "@agathaai/core/platform/env";
import { type Place, type PlaceVariable, places } from "../../../shared/places";
import type { Provider as ProviderId } from "../../../shared/providers";
import { ProviderFailure } from "../failures/errors";
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

type Regional = Extract<PlaceVariable, `${string}_EU_${string}`>;
/** The places of regions are not in every installation. */
export type ProviderEnv = Pick<Env, Exclude<PlaceVariable, Regional>> & Partial<Pick<Env, Regional>>;

/** One place of a provider with one key, through its SDK. The simulator needs none. @throws where the installation has no such place. */
export function createProvider(env: ProviderEnv, place: Place | "simulator", apiKey?: string): Provider {
  if (place === "simulator") return simulatorProvider();
  const { provider, baseUrl } = places[place];
  const address = env[baseUrl];
  if (address === undefined)
    throw new ProviderFailure("auth", { provider, detail: `no address of ${place}` });
  return providerModules[provider].connect({ apiKey, baseUrl: address });
}

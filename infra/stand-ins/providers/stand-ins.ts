import type { places } from "../../../src/shared/places";
import { type Provider, providerIds, providerVariables } from "../../../src/shared/providers";
import { startGeminiSimulator } from "./gemini/gemini";
import { startOpenAiSimulator } from "./openai/openai";
import type { Simulator, SimulatorOptions } from "./serve";

export interface ProviderStandIn {
  /** The local stack's first choice. */
  port: number;
  /** Where its API begins below its address. */
  path: string;
  start(options: SimulatorOptions): Promise<Simulator>;
}

/** A stand-in for each provider, in the provider's own wire format. */
export const providerStandIns: Record<Provider, ProviderStandIn> = {
  openai: { port: 4_101, path: "/v1", start: startOpenAiSimulator },
  gemini: { port: 4_102, path: "", start: startGeminiSimulator },
  deepseek: {
    port: 4_103,
    path: "",
    start: (options) => startOpenAiSimulator({ ...options, flavor: "deepseek" }),
  },
};

/** The variables that point the product at a stand-in. */
export function standInEnv(id: Provider, url: string): Record<string, string> {
  const { apiKey, baseUrl } = providerVariables(id);
  return { [apiKey]: "sk-local-simulator", [baseUrl]: `${url}${providerStandIns[id].path}` };
}

type Variables = (typeof places)[Provider];

/** The same for all of them at once. */
export function standInsEnv(
  urlOf: (id: Provider) => string,
): Record<Variables["apiKey" | "baseUrl"], string> {
  return Object.assign({}, ...providerIds.map((id) => standInEnv(id, urlOf(id))));
}

/** A value for each provider. */
export function byProvider<T>(value: (id: Provider) => T): Record<Provider, T> {
  return Object.fromEntries(providerIds.map((id) => [id, value(id)])) as Record<Provider, T>;
}

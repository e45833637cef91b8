import type { Env } from "@agathaai/core/platform/env";
import { type Provider as ProviderId, providerVariables } from "../../../shared/providers";
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

type Variables = ReturnType<typeof providerVariables>;
export type ProviderEnv = Pick<Env, Variables["apiKey" | "baseUrl"]>;

/** One provider with one key, through its SDK. The simulator needs none. */
export function createProvider(env: ProviderEnv, name: ProviderName, apiKey?: string): Provider {
  if (name === "simulator") return simulatorProvider();
  return providerModules[name].connect({ apiKey, baseUrl: env[providerVariables(name).baseUrl] });
}

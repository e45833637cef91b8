import type { Env } from "@agathaai/core/platform/env";
import type { ProviderName } from "../failures/errors";
import { deepSeekProvider } from "./deepseek/deepseek";
import { geminiProvider } from "./gemini/gemini";
import { openAiProvider } from "./openai/openai";
import type { Provider } from "./provider";
import { simulatorProvider } from "./simulator/simulator";

export type Providers = Record<ProviderName, Provider>;

type ProviderEnv = Pick<
  Env,
  | "OPENAI_API_KEY"
  | "OPENAI_BASE_URL"
  | "GEMINI_API_KEY"
  | "GEMINI_BASE_URL"
  | "DEEPSEEK_API_KEY"
  | "DEEPSEEK_BASE_URL"
>;

/** One of each for the life of the process: they keep their connections. */
export function createProviders(env: ProviderEnv): Providers {
  return {
    openai: openAiProvider({ apiKey: env.OPENAI_API_KEY, baseUrl: env.OPENAI_BASE_URL }),
    gemini: geminiProvider({ apiKey: env.GEMINI_API_KEY, baseUrl: env.GEMINI_BASE_URL }),
    deepseek: deepSeekProvider({ apiKey: env.DEEPSEEK_API_KEY, baseUrl: env.DEEPSEEK_BASE_URL }),
    simulator: simulatorProvider(),
  };
}

/** Test keys never reach a provider, whatever model they name. Undefined for a provider the engine has no file for. */
export function routeToProvider(
  providers: Providers,
  job: { environment: "live" | "test"; provider: string },
): Provider | undefined {
  if (job.environment === "test") return providers.simulator;
  return isProviderName(job.provider) ? providers[job.provider] : undefined;
}

function isProviderName(name: string): name is ProviderName {
  return name === "openai" || name === "gemini" || name === "deepseek" || name === "simulator";
}

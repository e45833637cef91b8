import OpenAI from "openai";
import { providerFetch } from "../../transport";

/** The SDK with everything taken from us and nothing from the process environment; our retry policy, not its own. */
export function openAiClient({ apiKey, baseUrl }: { apiKey: string; baseUrl: string }): OpenAI {
  return new OpenAI({
    apiKey,
    baseURL: baseUrl,
    organization: null,
    project: null,
    adminAPIKey: null,
    webhookSecret: null,
    maxRetries: 0,
    logLevel: "off",
    fetch: providerFetch,
  });
}

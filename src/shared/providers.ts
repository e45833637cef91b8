/**
 * The model providers: their display name, and their API's address unless `<NAME>_BASE_URL` is set. A new provider is a
 * row here; the compiler then names every other place that must know it.
 */
export const providers = {
  openai: { displayName: "OpenAI", baseUrl: "https://api.openai.com/v1" },
  gemini: { displayName: "Google Gemini", baseUrl: "https://generativelanguage.googleapis.com" },
  deepseek: { displayName: "DeepSeek", baseUrl: "https://api.deepseek.com" },
} as const satisfies Record<string, { displayName: string; baseUrl: string }>;

export type Provider = keyof typeof providers;

export function isProvider(name: string): name is Provider {
  return Object.hasOwn(providers, name);
}

export const providerIds = Object.keys(providers).filter(isProvider);

type ApiKeyVariable<Id extends Provider> = `${Uppercase<Id>}_API_KEY`;
type BaseUrlVariable<Id extends Provider> = `${Uppercase<Id>}_BASE_URL`;

/** The environment variables of a provider. */
export function providerVariables<Id extends Provider>(
  id: Id,
): { apiKey: ApiKeyVariable<Id>; baseUrl: BaseUrlVariable<Id> } {
  const prefix = id.toUpperCase() as Uppercase<Id>;
  return { apiKey: `${prefix}_API_KEY`, baseUrl: `${prefix}_BASE_URL` };
}

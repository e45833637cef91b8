/** Chat options that only some providers have; a call that names another one is refused before it costs anything. */
export type ProviderOption =
  | "n"
  | "logprobs"
  | "top_logprobs"
  | "logit_bias"
  | "presence_penalty"
  | "frequency_penalty"
  | "verbosity"
  | "prediction";

interface ProviderFacts {
  displayName: string;
  /** Its API's address unless `<NAME>_BASE_URL` is set. */
  baseUrl: string;
  /** Lists its models: costs nothing, and tells whether a key is known and may be used. */
  modelsPath: string;
  /** The header that carries a key; `authorization` takes it as a bearer token. */
  keyHeader: "authorization" | "x-goog-api-key";
  options: readonly ProviderOption[];
  /** A model's thoughts are part of its stream (`reasoning_content`), so that something comes while it thinks. */
  showsThoughts: boolean;
}

/** The model providers. A new one is a row here; the compiler then names every other place that must know it. */
export const providers = {
  openai: {
    displayName: "OpenAI",
    baseUrl: "https://api.openai.com/v1",
    modelsPath: "/models",
    keyHeader: "authorization",
    options: [
      "n",
      "logprobs",
      "top_logprobs",
      "logit_bias",
      "presence_penalty",
      "frequency_penalty",
      "verbosity",
      "prediction",
    ],
    showsThoughts: false,
  },
  gemini: {
    displayName: "Google Gemini",
    baseUrl: "https://generativelanguage.googleapis.com",
    modelsPath: "/v1beta/models?pageSize=1",
    keyHeader: "x-goog-api-key",
    // generateContent has fields for several candidates, log probabilities and penalties, and refuses each of them for every
    // model served here: "Multiple candidates is not enabled for this model" (github.com/googleapis/js-genai/issues/1609),
    // "Logprobs is not enabled for this model" (github.com/googleapis/python-genai/issues/1921), "Penalty is not enabled
    // for this model" (github.com/google-gemini/cookbook/issues/1290). `seed` works.
    options: [],
    showsThoughts: false,
  },
  deepseek: {
    displayName: "DeepSeek",
    baseUrl: "https://api.deepseek.com",
    modelsPath: "/models",
    keyHeader: "authorization",
    // Penalties are no longer in its reference: it takes them without an error and without effect.
    options: ["logprobs", "top_logprobs"],
    showsThoughts: true,
  },
} as const satisfies Record<string, ProviderFacts>;

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

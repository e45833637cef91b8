import { type Provider, providers } from "./providers";

/** Where an organization's prompts may go: `eu` keeps them in the EU. */
export const regions = ["eu"] as const;
export type Region = (typeof regions)[number];

interface PlaceFacts {
  provider: Provider;
  /** The region that is declared for the address; null is anywhere. */
  region: Region | null;
  /**
   * Whether the provider agrees to protect health data there (a business associate agreement). That this installation has
   * such an agreement is its operator's to say: `BAA_PLACES`.
   */
  baa: boolean;
  /** The environment variables of the installation's keys there, and of its address. */
  apiKey: `${string}_API_KEY`;
  baseUrl: `${string}_BASE_URL`;
}

/**
 * Every place that a prompt can be sent to: an address of a provider with its keys, and the region declared for it. A provider
 * without a row for a region has no address there, so an organization bound to that region never reaches it: DeepSeek
 * processes in China only. What an installation has of these is its environment.
 */
export const places = {
  openai: {
    provider: "openai",
    region: null,
    baa: true,
    apiKey: "OPENAI_API_KEY",
    baseUrl: "OPENAI_BASE_URL",
  },
  "openai-eu": {
    provider: "openai",
    region: "eu",
    baa: true,
    apiKey: "OPENAI_EU_API_KEY",
    baseUrl: "OPENAI_EU_BASE_URL",
  },
  gemini: {
    provider: "gemini",
    region: null,
    baa: false,
    apiKey: "GEMINI_API_KEY",
    baseUrl: "GEMINI_BASE_URL",
  },
  "gemini-eu": {
    provider: "gemini",
    region: "eu",
    baa: false,
    apiKey: "GEMINI_EU_API_KEY",
    baseUrl: "GEMINI_EU_BASE_URL",
  },
  deepseek: {
    provider: "deepseek",
    region: null,
    baa: false,
    apiKey: "DEEPSEEK_API_KEY",
    baseUrl: "DEEPSEEK_BASE_URL",
  },
} as const satisfies Record<Provider, PlaceFacts> & Record<string, PlaceFacts>;

export type Place = keyof typeof places;
export const placeIds = Object.keys(places) as [Place, ...Place[]];

/** Where an agreement about health data can be had at all. */
export function offersBaa(place: Place): boolean {
  return places[place].baa;
}

/** The variables of the environment that say what an installation has of them. */
export type PlaceVariable = (typeof places)[Place]["apiKey" | "baseUrl"];

/** Where calls of a provider go; undefined where it has no address in that region. */
export function placeOf(provider: Provider, region: Region | undefined): Place | undefined {
  if (region === undefined) return provider;
  return placeIds.find((id) => places[id].provider === provider && places[id].region === region);
}

/** Whether an address is the one that a provider has for the whole world, so that no region can be declared for it. */
export function isWorldwide(provider: Provider, address: string): boolean {
  return new URL(address).host === new URL(providers[provider].baseUrl).host;
}

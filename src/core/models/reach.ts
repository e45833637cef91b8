import { type Place, type PlaceVariable, placeIds, placeOf, places, type Region } from "../../shared/places";
import { type Provider, providers } from "../../shared/providers";
import { AppError } from "../platform";
import { singleton } from "../platform/concurrency/singleton";
import type { Model } from "./find-model";

/** What an organization allows of where its prompts go; every principal says it. */
export interface Bounds {
  residency?: Region | undefined;
}

/** The places of a region that this installation has keys for. Until a process has said which, nobody is sent there. */
const installed = singleton("places of regions", () => new Set<Place>());

/** Reads which places there are, when a process starts. */
export function setPlaces(env: Partial<Record<PlaceVariable, string | undefined>>): void {
  installed().clear();
  for (const id of placeIds) {
    const { region, apiKey, baseUrl } = places[id];
    if (region !== null && env[apiKey] !== undefined && env[baseUrl] !== undefined) installed().add(id);
  }
}

/** The providers that an organization bound to a region can reach. */
export function providersInRegion(region: Region): Provider[] {
  return placeIds
    .filter((id) => installed().has(id) && places[id].region === region)
    .map((id) => places[id].provider);
}

/** Why a provider is not asked for this organization, as a sentence ends; undefined where it may be. */
function whyOutOfReach(provider: Provider, { residency }: Bounds): string | undefined {
  if (residency === undefined) return undefined;
  const place = placeOf(provider, residency);
  if (place !== undefined && installed().has(place)) return undefined;
  const { displayName } = providers[provider];
  return `your organization’s requests stay in the EU, and ${displayName} has no endpoint there that AgathaAI uses`;
}

/** What a list of models says of one that this organization cannot use; undefined of the others. */
export function outOfReachNotice({ id, provider }: Pick<Model, "id" | "provider">, bounds: Bounds) {
  const why = whyOutOfReach(provider, bounds);
  return why === undefined ? undefined : `${id} is not available to you: ${why}.`;
}

/**
 * Refuses a provider that would be outside of where the organization's data may be.
 * @throws AppError `region_not_allowed`.
 */
export function assertProviderInReach(provider: Provider, bounds: Bounds, param = "provider"): void {
  const why = whyOutOfReach(provider, bounds);
  if (why === undefined) return;
  throw new AppError("region_not_allowed", {
    public: `${providers[provider].displayName} cannot be used: ${why}.`,
    param,
  });
}

/**
 * Refuses a model that would be called outside of where the organization's prompts may go, before anything of them leaves. In
 * test mode too, so that what works with a test key works with a live one.
 * @throws AppError `region_not_allowed` (param `model` unless told otherwise).
 */
export function assertInReach(model: Pick<Model, "id" | "provider">, bounds: Bounds, param = "model"): void {
  if (bounds.residency === undefined) return;
  const why = whyOutOfReach(model.provider, bounds);
  if (why === undefined) return;
  throw new AppError("region_not_allowed", {
    public: `${model.id} cannot answer: ${why}. GET /v1/models says which models are available to you.`,
    param,
  });
}

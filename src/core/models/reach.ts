import {
  offersBaa,
  type Place,
  type PlaceVariable,
  placeIds,
  placeOf,
  places,
  type Region,
} from "../../shared/places";
import { type Provider, providerIds, providers } from "../../shared/providers";
import { AppError } from "../platform";
import { singleton } from "../platform/concurrency/singleton";
import type { Model } from "./find-model";

/** What an organization allows of where its prompts go; every principal says it. */
export interface Bounds {
  residency?: Region | undefined;
  /** In HIPAA mode: only places under a business associate agreement. */
  hipaa?: boolean | undefined;
}

/** The places of a region that this installation has keys for. Until a process has said which, nobody is sent there. */
const installed = singleton("places of regions", () => new Set<Place>());
/** The places that this installation has a business associate agreement for. */
const covered = singleton("places under an agreement", () => new Set<Place>());

type PlaceSettings = Partial<Record<PlaceVariable, string | undefined>> & {
  BAA_PLACES?: readonly Place[];
};

/** Reads which places there are, when a process starts. */
export function setPlaces(env: PlaceSettings): void {
  installed().clear();
  covered().clear();
  for (const id of env.BAA_PLACES ?? []) if (offersBaa(id)) covered().add(id);
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

/** Whether health data may go to this place. */
export function isCovered(place: Place): boolean {
  return covered().has(place);
}

/** The providers that an organization in HIPAA mode can reach. */
export function coveredProviders({ residency }: Pick<Bounds, "residency">): Provider[] {
  return providerIds.filter((provider) => whyOutOfReach(provider, { residency, hipaa: true }) === undefined);
}

interface OutOfReach {
  code: "region_not_allowed" | "provider_not_covered";
  /** As a sentence ends. */
  why: string;
}

/** Why a provider is not asked for this organization; undefined where it may be. */
function whyOutOfReach(provider: Provider, { residency, hipaa }: Bounds): OutOfReach | undefined {
  const place = placeOf(provider, residency);
  const { displayName } = providers[provider];
  if (residency !== undefined && (place === undefined || !installed().has(place))) {
    return {
      code: "region_not_allowed",
      why: `your organization’s requests stay in the EU, and ${displayName} has no endpoint there that AgathaAI uses`,
    };
  }
  if (hipaa === true && (place === undefined || !isCovered(place))) {
    return {
      code: "provider_not_covered",
      why: `your organization is in HIPAA mode, and ${displayName} is not covered by a business associate agreement`,
    };
  }
  return undefined;
}

/** What a list of models says of one that this organization cannot use; undefined of the others. */
export function outOfReachNotice({ id, provider }: Pick<Model, "id" | "provider">, bounds: Bounds) {
  const found = whyOutOfReach(provider, bounds);
  return found === undefined ? undefined : `${id} is not available to you: ${found.why}.`;
}

/**
 * Refuses a provider that would be outside of where the organization's data may be.
 * @throws AppError `region_not_allowed`, `provider_not_covered`.
 */
export function assertProviderInReach(provider: Provider, bounds: Bounds, param = "provider"): void {
  const found = whyOutOfReach(provider, bounds);
  if (found === undefined) return;
  throw new AppError(found.code, {
    public: `${providers[provider].displayName} cannot be used: ${found.why}.`,
    param,
  });
}

/**
 * Refuses a model that would be called outside of where the organization's prompts may go, before anything of them leaves. In
 * test mode too, so that what works with a test key works with a live one.
 * @throws AppError `region_not_allowed`, `provider_not_covered` (param `model` unless told otherwise).
 */
export function assertInReach(model: Pick<Model, "id" | "provider">, bounds: Bounds, param = "model"): void {
  if (bounds.residency === undefined && bounds.hipaa !== true) return;
  const found = whyOutOfReach(model.provider, bounds);
  if (found === undefined) return;
  throw new AppError(found.code, {
    public: `${model.id} cannot answer: ${found.why}. GET /v1/models says which models are available to you.`,
    param,
  });
}

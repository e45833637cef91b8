import { type Provider, providerIds } from "../../../shared/providers";
import { deepseekCatalogue } from "./deepseek";
import { geminiCatalogue } from "./gemini";
import type { CatalogueModel, ProviderCatalogue } from "./model";
import { openaiCatalogue } from "./openai";

export type { CatalogueModel, EmbeddingLimits, ModelKind, Routing } from "./model";
export { isPeak, type PeakHours } from "./peak-hours";
export { OFF_PEAK, type Price, type Rates, type TierRates } from "./price";

const catalogues: Record<Provider, ProviderCatalogue> = {
  openai: openaiCatalogue,
  gemini: geminiCatalogue,
  deepseek: deepseekCatalogue,
};

/** Every model on offer, in the order lists show them. Sources and dates: docs/models.md. */
export const catalogue: readonly CatalogueModel[] = providerIds.flatMap((id) => catalogues[id].models);

const byId = new Map(catalogue.map((model) => [model.id, model]));

export function catalogueModel(id: string): CatalogueModel | undefined {
  return byId.get(id);
}

export interface NamedModel {
  model: CatalogueModel;
  /** The dated name that was asked for, where it was one. */
  snapshot: string | undefined;
}

const byName = new Map(
  catalogue.flatMap((model) =>
    ["", ...catalogues[model.provider].prefixes].flatMap((prefix): [string, NamedModel][] => [
      ...[model.id, ...(model.aliases ?? [])].map((name): [string, NamedModel] => [
        prefix + name,
        { model, snapshot: undefined },
      ]),
      ...(model.snapshots ?? []).map((name): [string, NamedModel] => [
        prefix + name,
        { model, snapshot: name },
      ]),
    ]),
  ),
);

/** By any name a client may know it by: its id, a dated or other name of it, each also with its provider's prefix. */
export function modelByName(name: string): NamedModel | undefined {
  return byName.get(name);
}

const byUpstream = new Map(
  catalogue.flatMap((model) =>
    [
      model.upstreamModel,
      ...(model.snapshots ?? []),
      ...(model.routing?.upstreams.map(({ upstreamModel }) => upstreamModel) ?? []),
    ].map((name): [string, CatalogueModel] => [name, model]),
  ),
);

export function modelByUpstream(name: string): CatalogueModel | undefined {
  return byUpstream.get(name);
}

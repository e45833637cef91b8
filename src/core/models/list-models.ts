import type { Db } from "../platform";
import { type ListQuery, pageOf } from "../platform/list";
import { catalogue, type Rates } from "./catalogue";
import { ratesFor } from "./cost/cost";
import { findModel, type Model, modelAt } from "./find-model";
import { isSwitchedOff, modelsOff, switchedOffNotice } from "./model-switches";
import { type Bounds, outOfReachNotice } from "./reach";
import { assertModelAllowed } from "./refusals/assert-model";
import type { ModelList, ModelView } from "./schemas";

/**
 * `GET /api/v1/models`, newest first. A model that is switched off, or that this organization may not be
 * answered by, stays in the list and says so: a program that chose it should not take it for gone. @throws AppError `invalid_cursor`.
 */
export async function listAvailableModels(
  db: Db,
  {
    allowed = [],
    query = { limit: 100 },
    bounds = {},
  }: { allowed?: readonly string[]; query?: ListQuery; bounds?: Bounds } = {},
): Promise<ModelList> {
  const identity = { list: "models", owner: "catalogue", filter: { allowed } };
  return pageOf(identity, query, listModels({ allowed, off: await modelsOff(db), bounds }).data);
}

/** `GET /api/v1/models/{id}`. @throws AppError `model_not_found`, `model_not_allowed`. */
export async function getAvailableModel(
  db: Db,
  { id, allowed = [], bounds = {} }: { id: string; allowed?: readonly string[]; bounds?: Bounds },
): Promise<ModelView> {
  const model = findModel(id, new Date(), "id");
  assertModelAllowed(model.id, allowed, "id");
  return toModelView(model, await modelsOff(db), bounds);
}

/** The catalogue as it is served at one moment. `allowed` empty means every model, as on API keys. */
export function listModels({
  at = new Date(),
  allowed = [],
  off = new Set(),
  bounds = {},
}: {
  at?: Date;
  allowed?: readonly string[];
  /** What operators have switched off. */
  off?: ReadonlySet<string>;
  /** Where the organization's prompts may go. */
  bounds?: Bounds;
} = {}): ModelList {
  const models = catalogue.filter(({ id }) => allowed.length === 0 || allowed.includes(id));
  return { data: models.map((model) => toModelView(modelAt(model, at), off, bounds)), next_cursor: null };
}

export function toModelView(
  model: Model,
  off: ReadonlySet<string> = new Set(),
  bounds: Bounds = {},
): ModelView {
  const outOfReach = outOfReachNotice(model, bounds);
  const isOff = isSwitchedOff(model, off);
  const price = model.listPrice;
  return {
    id: model.id,
    created_at: new Date(model.since).toISOString(),
    provider: model.provider,
    display_name: model.displayName,
    kind: model.kind,
    input_modalities: model.capabilities.vision ? ["text", "image"] : ["text"],
    output_modalities: [model.kind === "embedding" ? "embedding" : "text"],
    available: !isOff && outOfReach === undefined,
    context_window: model.contextWindow,
    max_output_tokens: model.maxOutputTokens,
    capabilities: model.capabilities,
    ...toRatesView(price),
    long_cache_write_price_per_million_micros: price.longCacheWrite,
    long_context:
      price.shortUpTo === undefined
        ? null
        : { above_input_tokens: price.shortUpTo, ...toRatesView(price.long ?? price) },
    service_tiers: model.serviceTiers.map((name) => ({
      name,
      ...toRatesView(ratesFor(price, { serviceTier: name, longContext: false })),
    })),
    off_peak: toOffPeakView(model),
    price_version: model.priceVersion,
    deprecated: model.deprecated,
    shutdown_date: model.shutdownDate,
    successor: model.successor,
    served_by: model.upstreamModel,
    notice: outOfReach ?? (isOff ? switchedOffNotice(model) : model.notice),
  };
}

function toOffPeakView({ price, listPrice: { offPeak } }: Model): ModelView["off_peak"] {
  if (offPeak === undefined) return null;
  const clock = (hour: number) => `${String(hour).padStart(2, "0")}:00`;
  return {
    ...toRatesView(offPeak.price),
    in_force: price === offPeak.price,
    peak_hours: offPeak.peak.hours.map(([from, until]) => `${clock(from)}-${clock(until)}`),
  };
}

function toRatesView(rates: Rates) {
  return {
    input_price_per_million_micros: rates.input,
    cached_input_price_per_million_micros: rates.cachedInput,
    cache_write_price_per_million_micros: rates.cacheWrite,
    output_price_per_million_micros: rates.output,
  };
}

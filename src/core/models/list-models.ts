import type { Db } from "../platform/db";
import { catalogue } from "./catalogue";
import { type Model, modelAt } from "./find-model";
import { isSwitchedOff, modelsOff, switchedOffNotice } from "./model-switches";
import type { ModelList, ModelView } from "./schemas";

/**
 * `GET /api/v1/models`. A model that is switched off stays in the list and says so: it comes back, and a program that
 * chose it should not take it for gone.
 */
export async function listAvailableModels(
  db: Db,
  { allowed = [] }: { allowed?: readonly string[] } = {},
): Promise<ModelList> {
  return listModels({ allowed, off: await modelsOff(db) });
}

/** The catalogue as it is served at one moment. `allowed` empty means every model, as on API keys. */
export function listModels({
  at = new Date(),
  allowed = [],
  off = new Set(),
}: {
  at?: Date;
  allowed?: readonly string[];
  /** What operators have switched off. */
  off?: ReadonlySet<string>;
} = {}): ModelList {
  const models = catalogue.filter(({ id }) => allowed.length === 0 || allowed.includes(id));
  return { data: models.map((model) => toModelView(modelAt(model, at), off)), next_cursor: null };
}

export function toModelView(model: Model, off: ReadonlySet<string> = new Set()): ModelView {
  const available = !isSwitchedOff(model, off);
  return {
    id: model.id,
    provider: model.provider,
    display_name: model.displayName,
    available,
    context_window: model.contextWindow,
    max_output_tokens: model.maxOutputTokens,
    capabilities: model.capabilities,
    input_price_per_million_micros: model.price.input,
    cached_input_price_per_million_micros: model.price.cachedInput,
    output_price_per_million_micros: model.price.output,
    price_version: model.priceVersion,
    deprecated: model.deprecated,
    successor: model.successor,
    served_by: model.upstreamModel,
    notice: available ? model.notice : switchedOffNotice(model),
  };
}

import { catalogue } from "./catalogue";
import { type Model, modelAt } from "./find-model";
import type { ModelList, ModelView } from "./schemas";

/** `GET /api/v1/models`. `allowed` empty means every model, as on API keys. */
export function listModels({
  at = new Date(),
  allowed = [],
}: {
  at?: Date;
  allowed?: readonly string[];
} = {}): ModelList {
  const models = catalogue.filter(({ id }) => allowed.length === 0 || allowed.includes(id));
  return { data: models.map((model) => toModelView(modelAt(model, at))), next_cursor: null };
}

export function toModelView(model: Model): ModelView {
  return {
    id: model.id,
    provider: model.provider,
    display_name: model.displayName,
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
    notice: model.notice,
  };
}

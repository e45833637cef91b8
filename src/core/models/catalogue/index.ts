import { deepseekModels } from "./deepseek";
import { geminiModels } from "./gemini";
import type { CatalogueModel } from "./model";
import { openaiModels } from "./openai";

export type { CatalogueModel, Price } from "./model";

/** Every model on offer, in the order lists show them. Sources and dates: docs/models.md. */
export const catalogue: readonly CatalogueModel[] = [...openaiModels, ...geminiModels, ...deepseekModels];

const byId = new Map(catalogue.map((model) => [model.id, model]));

export function catalogueModel(id: string): CatalogueModel | undefined {
  return byId.get(id);
}

export type { Price } from "./catalogue";
export { boundCost, costOf, type PricedUsage, priceOf } from "./cost";
export { assertModelAllowed, effortFor, findModel, type Model, retirementNotice } from "./find-model";
export { getAvailableModel, listAvailableModels, listModels } from "./list-models";
export { assertModelOn, forgetModelSwitches, modelsOff } from "./model-switches";
export { type ReasoningEffort, reasoningEffortSchema, thinkingBudget } from "./reasoning";
export {
  type Capabilities,
  listModelsInputSchema,
  type ModelList,
  type ModelView,
  modelIdInputSchema,
  modelListSchema,
  modelViewSchema,
} from "./schemas";

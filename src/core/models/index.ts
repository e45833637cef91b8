export { assertModelAllowed } from "./assert-model-allowed";
export { boundCost } from "./bound-cost";
export type { Price } from "./catalogue";
export { costOf, type PricedUsage, priceOf } from "./cost-of";
export { effortFor, findModel, type Model, retirementNotice } from "./find-model";
export { getAvailableModel, listAvailableModels, listModels, toModelView } from "./list-models";
export { assertModelOn, forgetModelSwitches, modelsOff } from "./model-switches";
export { type ReasoningEffort, reasoningEffortSchema, thinkingBudget } from "./reasoning";
export {
  type Capabilities,
  capabilitiesSchema,
  listModelsInputSchema,
  type ModelList,
  type ModelView,
  modelIdInputSchema,
  modelListSchema,
  modelViewSchema,
  providerSchema,
} from "./schemas";

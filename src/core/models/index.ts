export { boundCost } from "./bound-cost";
export type { Price } from "./catalogue";
export { costOf, type PricedUsage, priceOf } from "./cost-of";
export { findModel, type Model, retirementNotice } from "./find-model";
export { listAvailableModels, listModels, toModelView } from "./list-models";
export { assertModelOn, forgetModelSwitches, modelsOff } from "./model-switches";
export { effortFor, type ReasoningEffort, reasoningEffortSchema, thinkingRoom } from "./reasoning";
export {
  type Capabilities,
  capabilitiesSchema,
  type ModelList,
  type ModelView,
  modelListSchema,
  modelViewSchema,
  type Provider,
  providerSchema,
  providers,
} from "./schemas";

export { boundCost } from "./bound-cost";
export type { Price } from "./catalogue";
export { costOf, type PricedUsage, priceOf } from "./cost-of";
export { findModel, type Model, reasoningEffortOf, retirementNotice } from "./find-model";
export { listAvailableModels, listModels, toModelView } from "./list-models";
export { assertModelOn, forgetModelSwitches, modelsOff } from "./model-switches";
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

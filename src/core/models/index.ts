export type { Price, Rates } from "./catalogue";
export {
  type AskedPrice,
  type BilledUsage,
  billUsage,
  boundCost,
  costOf,
  priceOf,
  ratesFor,
} from "./cost/cost";
export { pricingMetrics } from "./cost/metrics";
export {
  asksLongCache,
  noUsage,
  type ReportedUsage,
  type ServiceTier,
  serviceTiers,
  type TokenUsage,
  tierOf,
  toTokenUsage,
  type UsageDefect,
} from "./cost/usage";
export {
  effortFor,
  findModel,
  type Model,
  modelIdOfUpstream,
  retirementNotice,
  upstreamsOf,
} from "./find-model";
export { getAvailableModel, listAvailableModels, listModels } from "./list-models";
export {
  assertModelOn,
  forgetModelSwitches,
  knownModelsOff,
  modelsOff,
  refuseSwitchedOff,
} from "./model-switches";
export { openAiApi } from "./openai-api";
export { setOperatorRouting } from "./operator-routing";
export {
  assertInReach,
  assertProviderInReach,
  type Bounds,
  coveredProviders,
  isCovered,
  providersInRegion,
  setPlaces,
} from "./reach";
export { effortOfBudget, type ReasoningEffort, reasoningEffortSchema, thinkingBudget } from "./reasoning";
export { assertModelAllowed, assertModelKind } from "./refusals/assert-model";
export {
  type Capabilities,
  listModelsInputSchema,
  type ModelList,
  type ModelView,
  modelIdInputSchema,
  modelListSchema,
  modelViewSchema,
} from "./schemas";
export { thinkingFor } from "./thinking";

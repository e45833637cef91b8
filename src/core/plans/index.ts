export { isPlan, type PlanDefinition, plans } from "./plans";

export { isPlan, type PlanTerms, plans } from "./plans";

export { getOverview } from "./get-overview";
export * from "./schemas";

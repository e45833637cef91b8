export { appointOperator } from "./appoint-operator";
export { findOrganizations, listOrganizations } from "./list-organizations";
export { endOverride, overridePlan } from "./override-plan";
export { readQueues, redrive } from "./queues";
export { getOrganization } from "./read-organization";
export * from "./schemas";
export { listModelSwitches, switchModel } from "./switch-model";

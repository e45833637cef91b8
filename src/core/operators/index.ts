export { appointOperator } from "./appoint-operator";
export { findOrganizations, listOrganizations } from "./list-organizations";
export { endOverride, overridePlan } from "./override-plan";
export { getOrganization } from "./read-organization";
export { readQueues } from "./read-queues";
export { redrive } from "./redrive";
export * from "./schemas";
export { listModelSwitches, switchModel } from "./switch-model";

export { assertNotSuspended, dependsOnSuspended, suspendedError } from "./suspended-error";
export { suspensionOfKey, suspensionOfPerson } from "./suspension.sql";

export { listConsents, missingConsents } from "./list-consents";
export { changeConsents, recordSignUp } from "./record-consents";
export { changeConsentsInputSchema, consentsViewSchema } from "./schemas";

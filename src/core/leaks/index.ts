export * as leakEmails from "./email/leaked-secret-email";
export { reportLeaks } from "./report-leaks";
export * from "./schemas";

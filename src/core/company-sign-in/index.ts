export { endCompanySignIn } from "./change-company";
export * as domainEmails from "./domains/domain-emails";
export { addDomain, checkDomain, listDomains, removeDomain } from "./domains/manage-domains";
export { notifyMissingDomains, recheckDomains } from "./domains/recheck-domains";
export * from "./domains/schemas";

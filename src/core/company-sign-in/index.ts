export { endCompanySignIn } from "./change-company";
export { getCompanySignIn, removeConnection, setConnection } from "./connection/manage-connection";
export * from "./connection/schemas";
export * from "./directory";
export * as domainEmails from "./domains/domain-emails";
export { addDomain, checkDomain, listDomains, removeDomain } from "./domains/manage-domains";
export { notifyMissingDomains, recheckDomains } from "./domains/recheck-domains";
export * from "./domains/schemas";
export { expiredCompanyRows } from "./expired-rows";
export { indexedCompanyRows } from "./indexed-rows";
export { samlMetadata } from "./saml/service-provider";
export { takeAssertion } from "./saml/take-assertion";
export { type CompanyDescription, describeCompany } from "./sign-in/describe-company";
export {
  type CompanyChallenge,
  completeCompanySignIn,
  type FinishedSignIn,
  finishCompanySignIn,
} from "./sign-in/finish-sign-in";
export { findCompany, REQUEST_MS, startCompanySignIn } from "./sign-in/start-sign-in";

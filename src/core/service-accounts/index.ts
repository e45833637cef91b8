export { isServiceSecret } from "./client-secret";
export { type EndedServiceSecret, endLeakedServiceSecret, endLeakedServiceToken } from "./end-leaked";
export { getServiceAccount, listServiceAccounts } from "./list-accounts";
export {
  deleteServiceAccount,
  rotateServiceAccountSecret,
  updateServiceAccount,
} from "./manage/change-account";
export { createServiceAccount } from "./manage/create-account";
export * from "./schemas";
export { revokeServiceToken } from "./tokens/revoke-token";
export { findServiceClient, isSecretOfService, type ServiceClient } from "./tokens/service-client";
export {
  isServiceToken,
  resolveServiceToken,
  type ServiceClaims,
  verifyServiceToken,
} from "./tokens/verify-service-token";

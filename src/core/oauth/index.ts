export { isAppSecret, isSecretForm } from "./apps/app-secret";
export { endLeakedAppSecret } from "./apps/end-leaked-secret";
export { type Client, findClient } from "./apps/find-client";
export { deleteApp, listApps, readLogo, registerApp, rotateAppSecret, updateApp } from "./apps/manage-apps";
export {
  type ArtifactKind,
  consumeArtifact,
  deleteArtifact,
  expiredOauthRows,
  findArtifact,
  saveArtifact,
} from "./artifacts/artifact-store";
export { type AuthorizationRequest, describeConsent, requestedScopes } from "./grants/consent";
export { endLeakedGrant, grantOfRefreshToken } from "./grants/end-leaked-grant";
export {
  deleteAllApps,
  endGrantsIn,
  endGrantsOfMember,
  GRANT_DAYS,
  giveGrant,
  listConnections,
  revokeConnection,
} from "./grants/grants";
export { endGrant, findGrant, type LivingGrant, touchGrant } from "./grants/provider-grant";
export * from "./schemas";
export { forgetGrantsWhere, loadAppPrincipal } from "./tokens/app-principal";
export { apiResource, issuer } from "./tokens/issuer";
export { isAppToken, resolveAppToken, verifyAppToken } from "./tokens/verify-app-token";

export { findCompanyLink, isGoogle, linkToCompany, unlinkFromCompany } from "./company/company-links";
export { assertCompanySession, companyRequired } from "./company/company-required";
export { findAccountByEmail, proveByCompany } from "./company/prove-by-company";
export { completeCompanySignIn, type JoinCompany, signInWithCompany } from "./company/sign-in-with-company";
export { stepUpAtCompany } from "./company/step-up-at-company";
export * as accountEmails from "./email/account-emails";
export { domainOf, emailIndex, emailIndexes, emailSchema } from "./email/email-address";
export * as emailChangeEmails from "./email/email-change-emails";
export { emailAdmins, emailMembers } from "./email/email-members";
export {
  type EmailKind,
  type EmailPreferencesView,
  emailPreferencesUrl,
  emailPreferencesViewSchema,
  getEmailPreferences,
  type UpdateEmailPreferencesInput,
  updateEmailPreferences,
  updateEmailPreferencesInputSchema,
} from "./email/email-preferences";
export { emailMember, emailOf, emailOwners, emailUser } from "./email/email-user";
export { EndedCredentials } from "./email/ended-credentials";
export * as passkeyEmails from "./email/passkey-emails";
export * as secondFactorEmails from "./email/second-factor-emails";
export { confirmEmailChange, type FollowEmail } from "./email-change/confirm-email-change";
export { requestEmailChange } from "./email-change/request-email-change";
export * from "./email-change/schemas";
export { undoEmailChange } from "./email-change/undo-email-change";
export { expiredAccountRows } from "./expired-rows";
export { indexedAccountRows } from "./indexed-rows";
export { addPasskey, startAddingPasskey } from "./passkeys/add-passkey";
export { CHALLENGE_MS } from "./passkeys/challenges";
export { listPasskeys, removePasskey, renamePasskey } from "./passkeys/manage-passkeys";
export * from "./passkeys/schemas";
export { signInWithPasskey, startPasskeySignIn } from "./passkeys/sign-in-with-passkey";
export type { PresentedPasskey } from "./passkeys/verify-passkey";
export { changePassword } from "./passwords/change-password";
export { hashPassword, passwordGate, verifyPassword } from "./passwords/password";
export { requestPasswordReset } from "./passwords/request-password-reset";
export { resetPassword } from "./passwords/reset-password";
export * from "./schemas";
export { confirmAuthenticator, startAuthenticator } from "./second-factor/enroll-authenticator";
export { hasSecondFactor } from "./second-factor/has-second-factor";
export {
  getSecondFactor,
  removeAuthenticator,
  renewRecoveryCodes,
} from "./second-factor/manage-second-factor";
export * from "./second-factor/schemas";
export type { SessionRef } from "./sessions/create-session";
export { describeDevice } from "./sessions/describe-device";
export { endLeakedSession, sessionOfRefreshToken } from "./sessions/end-leaked-session";
export { listSessions } from "./sessions/list-sessions";
export {
  assertSessionActive,
  forgetPrincipals,
  forgetPrincipalsIn,
  loadPrincipalEvenSuspended,
  loadUserPrincipal,
  type SessionClaims,
} from "./sessions/load-user-principal";
export { endSession, logout } from "./sessions/logout";
export { refreshSession } from "./sessions/refresh-session";
export {
  revokeOtherSessions,
  revokeSession,
  revokeSessionsOfCompany,
  signOutEverywhere,
} from "./sessions/revoke-sessions";
export { SESSION_SECONDS, touchSession } from "./sessions/session-life";
export { assertSteppedUp, startPasskeyStepUp, stepUp, stepUpWithPasskey } from "./sessions/step-up";
export type { RevokedKeysAndInvitations, RevokeKeysAndInvitations } from "./sign-in/end-earlier-access";
export { getSignInMethods } from "./sign-in/get-sign-in-methods";
export { ipDetail, ipFingerprint, knownIpDetail } from "./sign-in/ip-fingerprint";
export { claimNewDevice } from "./sign-in/known-devices";
export { login, loginToPortal } from "./sign-in/login";
export {
  completeProviderSignIn,
  findProviderChallenge,
  type ProviderChallenge,
  type ProviderIdentity,
  signInWithProvider,
} from "./sign-in/sign-in-with-provider";
export {
  mayEmailInquirer,
  mayEmailSubscriber,
  throttleInquiry,
  throttleSubscription,
} from "./sign-in/throttle";
export { endSessionsByLink } from "./sign-in-history/end-sessions-by-link";
export { listSignIns } from "./sign-in-history/list-sign-ins";
export * as signInEmails from "./sign-in-history/new-sign-in-email";
export * from "./sign-in-history/schemas";
export { createProofChallenge } from "./sign-up/proof-of-work";
export { registerUser, signUp } from "./sign-up/register-user";
export { getVerification, resendVerification } from "./sign-up/verification-link";
export { verifyEmail, verifyEmailAtPortal } from "./sign-up/verify-email";
export {
  ACCESS_TOKEN_MS,
  type AccessClaims,
  jwks,
  signingJwk,
  verifyAccessToken,
  verifyIssuedToken,
} from "./tokens/access-token";
export { isRefreshToken } from "./tokens/refresh-token";
export { assertEmailVerified } from "./users/assert-email-verified";
export { createUser } from "./users/create-user";
export { getMe } from "./users/get-me";
export { storableName } from "./users/storable-name";
export { updateProfile } from "./users/update-profile";
export { decryptPeople, emailIndexesOf, getUserEmail, type Person, userSubject } from "./users/user-fields";

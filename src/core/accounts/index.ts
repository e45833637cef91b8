export { afterResponse, drainAfterResponse } from "./email/after-response";
export { emailIndex, emailSchema, normalizeEmail } from "./email/email-address";
export {
  type EmailKind,
  emailKindSchema,
  emailKinds,
  emailPreferencesUrl,
  knownEmailKinds,
} from "./email/email-kinds";
export { emailOwners } from "./email/email-owners";
export { getEmailPreferences, updateEmailPreferences } from "./email/email-preferences";
export { emailUser } from "./email/email-user";
export { expiredAccountRows } from "./expired-rows";
export { changePassword } from "./passwords/change-password";
export { hashPassword, passwordGate, verifyPassword } from "./passwords/password";
export { requestPasswordReset } from "./passwords/request-password-reset";
export { resetPassword } from "./passwords/reset-password";
export * from "./schemas";
export type { SessionRef } from "./sessions/create-session";
export { describeDevice } from "./sessions/describe-device";
export { listSessions } from "./sessions/list-sessions";
export {
  assertSessionActive,
  forgetPrincipals,
  loadUserPrincipal,
  type SessionClaims,
} from "./sessions/load-user-principal";
export { endSession, logout } from "./sessions/logout";
export { refreshSession } from "./sessions/refresh-session";
export { revokeOtherSessions, revokeSession, signOutEverywhere } from "./sessions/revoke-sessions";
export { SESSION_SECONDS, touchSession } from "./sessions/session-life";
export type { RevokedKeysAndInvitations, RevokeKeysAndInvitations } from "./sign-in/end-earlier-access";
export { getSignInMethods } from "./sign-in/get-sign-in-methods";
export { ipDetail, ipFingerprint } from "./sign-in/ip-fingerprint";
export { claimNewDevice } from "./sign-in/known-devices";
export { login, loginToPortal } from "./sign-in/login";
export { type ProviderIdentity, signInWithProvider } from "./sign-in/sign-in-with-provider";
export { mayEmailInquirer, throttleInquiry } from "./sign-in/throttle";
export { getVerification } from "./sign-up/open-verification";
export { registerUser } from "./sign-up/register-user";
export { resendVerification } from "./sign-up/resend-verification";
export { signUp } from "./sign-up/sign-up";
export { verifyEmail, verifyEmailAtPortal } from "./sign-up/verify-email";
export { type AccessClaims, AccessTokens, jwks, verifyAccessToken } from "./tokens/access-token";
export { createUser } from "./users/create-user";
export { getMe } from "./users/get-me";
export { updateProfile } from "./users/update-profile";
export { decryptPeople, getUserEmail, type Person, userSubject } from "./users/user-fields";

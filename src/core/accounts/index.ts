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
export { changePassword } from "./passwords/change-password";
export { requestPasswordReset } from "./passwords/request-password-reset";
export { resetPassword } from "./passwords/reset-password";
export * from "./schemas";
export { assertSessionActive } from "./sessions/assert-session-active";
export type { SessionRef } from "./sessions/create-session";
export { describeDevice } from "./sessions/describe-device";
export { endSession } from "./sessions/end-session";
export { listSessions } from "./sessions/list-sessions";
export { forgetPrincipals, loadUserPrincipal, type SessionClaims } from "./sessions/load-user-principal";
export { logout } from "./sessions/logout";
export { refreshSession } from "./sessions/refresh-session";
export { revokeOtherSessions } from "./sessions/revoke-other-sessions";
export { revokeSession } from "./sessions/revoke-session";
export { SESSION_SECONDS } from "./sessions/session-life";
export { signOutEverywhere } from "./sessions/sign-out-everywhere";
export { touchSession } from "./sessions/touch-session";
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
export { decryptPeople, type Person } from "./users/decrypt-people";
export { getMe } from "./users/get-me";
export { getUserEmail } from "./users/get-user-email";
export { updateProfile } from "./users/update-profile";
export { userSubject } from "./users/user-fields";

import {
  accountEmails,
  emailChangeEmails,
  passkeyEmails,
  secondFactorEmails,
  signInEmails,
} from "@agathaai/core/accounts";
import { suspensionEmails } from "@agathaai/core/operators";
import { erasureEmails } from "@agathaai/core/org-deletion";
import { contact, creation, credentials, day, ended, reason, type Sample, token } from "./sample";

/** To a person, about their account. */
export const accountSamples: readonly Sample[] = [
  {
    name: "Verification",
    email: () => accountEmails.verificationEmail(token),
    links: ["/verify?token=sample-token"],
  },
  {
    name: "Sign-up with an email that has an account",
    email: () => accountEmails.alreadyRegisteredEmail(),
    links: ["/forgot-password"],
  },
  {
    name: "Email verified",
    email: () => accountEmails.addressVerifiedEmail(ended, "removed"),
    links: ["/overview"],
  },
  {
    name: "Password reset",
    email: () => accountEmails.passwordResetEmail(token),
    links: ["/reset-password?token=sample-token"],
  },
  {
    name: "Password reset done",
    email: () => accountEmails.passwordResetDoneEmail(ended),
    links: ["/sign-in"],
  },
  {
    name: "Second factor added",
    email: () => secondFactorEmails.secondFactorAddedEmail(),
    links: ["/settings#security"],
  },
  {
    name: "Second factor removed",
    email: () => secondFactorEmails.secondFactorRemovedEmail({ last: true }),
    links: ["/settings#security"],
  },
  {
    name: "New email, to confirm",
    email: () => emailChangeEmails.confirmEmailChangeEmail(token),
    links: ["/confirm-email?token=sample-token"],
  },
  {
    name: "Email change requested",
    email: () => emailChangeEmails.emailChangeRequestedEmail(),
    links: ["/forgot-password"],
  },
  {
    name: "Email changed, to the old one",
    email: () => emailChangeEmails.emailChangedEmail(token),
    links: ["/undo-email?token=sample-token"],
  },
  {
    name: "Email changed, to the new one",
    email: () => emailChangeEmails.newEmailInUseEmail(),
    links: ["/settings"],
  },
  {
    name: "Email change undone",
    email: () => emailChangeEmails.emailChangeUndoneEmail(),
    links: ["/forgot-password"],
  },
  {
    name: "Passkey added",
    email: () => passkeyEmails.passkeyAddedEmail({ first: true }),
    links: ["/settings#passkeys"],
  },
  {
    name: "Passkey removed",
    email: () => passkeyEmails.passkeyRemovedEmail({ last: true }),
    links: ["/settings#passkeys"],
  },
  {
    name: "Recovery code used",
    email: () => secondFactorEmails.recoveryCodeUsedEmail(9),
    links: ["/settings#security"],
  },
  {
    name: "New sign-in",
    email: () => signInEmails.newSignInEmail(token, { ...creation, place: "203.0.113.0/24" }),
    links: ["/end-sessions?token=sample-token"],
  },
  { name: "Password changed", email: () => accountEmails.passwordChangedEmail(), links: ["/sign-in"] },
  {
    name: "Member’s keys ended",
    email: () => accountEmails.keysOfMemberEndedEmail(credentials, "password reset"),
    links: ["/keys", "/service-accounts"],
  },
  {
    name: "Provider added",
    email: () => accountEmails.providerLinkedEmail("GitHub", ended),
    links: ["/overview"],
  },
  {
    name: "Account erased",
    email: () => erasureEmails.accountErasedEmail({ receipt: token, dueBy: day }),
    links: [`/erased#${token}`],
  },
  {
    name: "Account suspended",
    email: () => suspensionEmails.accountSuspendedEmail({ reason, contact }),
    links: [],
  },
  {
    name: "Account reinstated",
    email: () => suspensionEmails.accountSuspendedEmail({ reason: null, contact }),
    links: ["/overview"],
  },
];

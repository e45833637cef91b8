import {
  accountEmails,
  emailChangeEmails,
  passkeyEmails,
  secondFactorEmails,
  signInEmails,
} from "@agathaai/core/accounts";
import { auditStreamEmails } from "@agathaai/core/audit-streams";
import { billingEmails, incidentEmails } from "@agathaai/core/billing";
import { domainEmails } from "@agathaai/core/company-sign-in";
import { exportEmails } from "@agathaai/core/exports";
import { inquiryEmails } from "@agathaai/core/inquiries";
import { keyEmails, leakedKeyEmails } from "@agathaai/core/keys";
import { leakEmails } from "@agathaai/core/leaks";
import { invitationEmails, memberKeyEmails, ownershipEmails } from "@agathaai/core/members";
import { suspensionEmails } from "@agathaai/core/operators";
import { deletionEmails, erasureEmails } from "@agathaai/core/org-deletion";
import type { Email } from "@agathaai/core/platform/mail/render-email";
import { statusEmails } from "@agathaai/core/status";
import { subProcessorEmails } from "@agathaai/core/sub-processors";
import { usageAlertEmails } from "@agathaai/core/usage-alerts";
import { webhookEmails } from "@agathaai/core/webhooks";

interface Sample {
  name: string;
  /** Null would be an email that is not sent: no sample is one. */
  email: () => Email | null;
  /** The paths its text links to. */
  links: readonly string[];
}

const token = "sample-token";
const reason = "Automated sign-ups from one address";
const contact = "support@agathaai.com";
const organization = "Agate Works";
const person = "ada@example.com";
const ended = { sessions: 2, keys: 1, invitations: 0, grants: 0 };
const day = new Date("2026-12-01T00:00:00Z");
const key = {
  id: "key_01jd0q4g5te8tvhz3t1c7x9ncm",
  environment: "live",
  prefix: "agt_live_4fQz",
  last_four: "9sXe",
} as const;
const creation = { device: "Firefox on macOS", at: new Date("2026-11-26T10:30:00Z") };
const period = { start: day.getTime() / 1_000 - 2_592_000, end: day.getTime() / 1_000 };
const invoice = {
  id: "in_sample",
  number: "AGT-0042",
  amount_paid: 2_900,
  amount_remaining: 2_900,
  currency: "usd",
  hosted_invoice_url: null,
  lines: { data: [{ amount: 2_900, description: "Pro", period, pricing: null }] },
};
const incident = {
  kind: "dispute",
  orgId: "019a8b1e-0000-7000-8000-000000000000",
  objectId: "dp_sample",
  state: "needs_response",
  micros: 29_000_000n,
  planLostUntil: day,
};
const quota = {
  kind: "quota" as const,
  limit: 100_000,
  used: 80_500,
  keyName: null,
  keyMaker: null,
  paysOverage: false,
  percent: 80,
  resetsAt: day,
};
const cap = {
  ...quota,
  kind: "key_cap" as const,
  limit: 5_000_000,
  used: 5_000_000,
  keyName: "Crawler",
  percent: 100,
};

/** Every email with sample data, once or more: for the preview, and for the test that renders them all. */
export const sampleEmails: readonly Sample[] = [
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
    email: () => accountEmails.keysOfMemberEndedEmail(2, "password reset"),
    links: ["/keys"],
  },
  {
    name: "Provider added",
    email: () => accountEmails.providerLinkedEmail("GitHub", ended),
    links: ["/overview"],
  },
  {
    name: "Export ready",
    email: () =>
      exportEmails.exportReadyEmail({
        id: "exp_01jd0q4g5te8tvhz3t1c7x9ncm",
        token,
        subject: "person",
        expiresAt: day,
      }),
    links: [`/exports/exp_01jd0q4g5te8tvhz3t1c7x9ncm#${token}`],
  },
  {
    name: "Export failed",
    email: () => exportEmails.exportFailedEmail({ subject: "organization" }),
    links: ["/settings"],
  },
  {
    name: "New device",
    email: () => keyEmails.newDeviceEmail(key, { ...creation, ip: "203.0.113.7" }),
    links: [`/keys/${key.id}`],
  },
  {
    name: "New device, to owners",
    email: () => keyEmails.newDeviceEmailToOwner(key, { ...creation, organization, creator: person }),
    links: [`/keys/${key.id}`],
  },
  {
    name: "Leaked key",
    email: () => leakedKeyEmails.leakedKeyEmail(key, { organization, at: creation.at }),
    links: [`/keys/${key.id}`],
  },
  ...(
    [
      ["scim_token", "agt_scim_4fQz", "/settings/company-sign-in"],
      ["app_secret", "agt_app_4fQz", "/apps"],
      ["session", "agr_4fQz", "/settings#sessions"],
      ["connection", null, "/settings#connected-apps"],
    ] as const
  ).map(([thing, prefix, link]) => ({
    name: `Leaked ${thing.replace("_", " ")}`,
    email: () =>
      leakEmails.leakedSecretEmail(thing, {
        organization,
        shown: { prefix, last_four: prefix && "9sXe" },
        at: creation.at,
      }),
    links: [link],
  })),
  {
    name: "Invitation",
    email: () => invitationEmails.invitationEmail({ organization, inviter: person, role: "admin", token }),
    links: ["/invite?token=sample-token"],
  },
  {
    name: "Ownership received",
    email: () => ownershipEmails.ownershipReceivedEmail({ organization, giver: person }),
    links: ["/team"],
  },
  {
    name: "Ownership given",
    email: () => ownershipEmails.ownershipGivenEmail({ organization, successor: person }),
    links: ["/team"],
  },
  {
    name: "Keys after a role change",
    email: () =>
      memberKeyEmails.keysSettledEmail({
        organization,
        role: "viewer",
        keys: { ended: 1, narrowed: 2, kept: 1 },
      }),
    links: [],
  },
  {
    name: "Keys of a member who left",
    email: () => memberKeyEmails.keysEndedByLeavingEmail({ organization, member: person, ended: 1 }),
    links: ["/keys"],
  },
  {
    name: "Organization deleted",
    email: () =>
      deletionEmails.organizationDeletedEmail({ organization, erasedAt: day, now: false, receipt: token }),
    links: [`/erased#${token}`],
  },
  {
    name: "Organization erased",
    email: () =>
      deletionEmails.organizationDeletedEmail({ organization, erasedAt: day, now: true, receipt: token }),
    links: [`/erased#${token}`],
  },
  {
    name: "Account erased",
    email: () => erasureEmails.accountErasedEmail({ receipt: token, dueBy: day }),
    links: [`/erased#${token}`],
  },
  {
    name: "Tokens, 80%",
    email: () => usageAlertEmails.thresholdEmail(quota),
    links: ["/billing", "/settings#notifications"],
  },
  {
    name: "Tokens, 100%, overage on",
    email: () =>
      usageAlertEmails.thresholdEmail({ ...quota, used: 100_000, percent: 100, paysOverage: true }),
    links: ["/billing", "/settings#notifications"],
  },
  {
    name: "Key cap reached",
    email: () => usageAlertEmails.thresholdEmail(cap),
    links: ["/keys", "/settings#notifications"],
  },
  {
    name: "Domain record missing",
    email: () => domainEmails.domainMissingEmail({ domain: "example.com", lost: false }),
    links: ["/settings/company-sign-in"],
  },
  {
    name: "Domain lost",
    email: () => domainEmails.domainMissingEmail({ domain: "example.com", lost: true }),
    links: ["/settings/company-sign-in"],
  },
  {
    name: "Sub-processor added",
    email: () =>
      subProcessorEmails.subProcessorChangeEmail({
        id: "agate added 2027-01-01",
        kind: "added",
        on: "2027-01-01",
        subProcessor: {
          id: "agate",
          name: "Agate Mail",
          purpose: "Sends email",
          place: "Germany",
          data: "Email addresses",
          from: "2027-01-01",
        },
      }),
    links: ["/subprocessors"],
  },
  {
    name: "Webhook endpoint disabled",
    email: () =>
      webhookEmails.endpointDisabledEmail({
        id: "whe_01jd0q4g5te8tvhz3t1c7x9ncm",
        host: "hooks.example.com",
        because: "failing",
        lastError: "responded 500",
      }),
    links: ["/webhooks/whe_01jd0q4g5te8tvhz3t1c7x9ncm"],
  },
  {
    name: "Audit stream failing",
    email: () =>
      auditStreamEmails.streamFailingEmail({
        organization: "Agate Works",
        host: "logs.example.com:6514",
        lastError: "refused the connection",
      }),
    links: ["/audit/stream"],
  },
  {
    name: "Receipt",
    email: () => billingEmails.receiptEmail(invoice),
    links: ["/billing", "/settings#notifications"],
  },
  {
    name: "Payment failed",
    email: () => billingEmails.paymentFailedEmail(invoice, day),
    links: ["/billing"],
  },
  {
    name: "Payment to confirm",
    email: () => billingEmails.paymentConfirmationEmail(invoice, day),
    links: ["/billing"],
  },
  {
    name: "Last invoice failed",
    email: () => billingEmails.lastInvoiceFailedEmail(invoice),
    links: ["/billing"],
  },
  { name: "Plan lapsed", email: () => billingEmails.lapsedEmail(invoice), links: ["/billing"] },
  {
    name: "Billing incident",
    email: () => incidentEmails.incidentEmail(incident),
    links: ["/admin/billing"],
  },
  {
    name: "New inquiry",
    email: () => inquiryEmails.newInquiryEmail("inq_01jd0q4g5te8tvhz3t1c7x9ncm"),
    links: ["/admin/inquiries/inq_01jd0q4g5te8tvhz3t1c7x9ncm"],
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
  {
    name: "Organization suspended",
    email: () => suspensionEmails.organizationSuspendedEmail({ reason, contact, organization }),
    links: [],
  },
  {
    name: "API key suspended",
    email: () => suspensionEmails.keySuspendedEmail({ reason, contact, organization, key }),
    links: [`/keys/${key.id}`],
  },
  {
    name: "Keys of a suspended member",
    email: () => suspensionEmails.memberSuspendedEmail({ organization, keys: 2, suspended: true, contact }),
    links: ["/keys"],
  },
  {
    name: "Status subscription",
    email: () => statusEmails.confirmSubscriptionEmail("AbC-123_x"),
    links: ["/status/confirm?token=AbC-123_x"],
  },
  {
    name: "Status update",
    email: () =>
      statusEmails.statusUpdateEmail(
        {
          noticeId: "ntc_01jd0q4g5te8tvhz3t1c7x9ncm",
          kind: "incident",
          title: "Slow responses from one provider",
          components: ["openai"],
          state: "identified",
          text: "We know the cause: one region of OpenAI answers late. Calls take up to 40 seconds. Next update by 11:30 UTC.",
          startsAt: new Date("2026-11-27T10:40:00Z"),
          endsAt: null,
        },
        "sub_01jd0q4g5te8tvhz3t1c7x9ncm.x",
      ),
    links: [
      "/status#ntc_01jd0q4g5te8tvhz3t1c7x9ncm",
      "/status/unsubscribe?token=sub_01jd0q4g5te8tvhz3t1c7x9ncm.x",
    ],
  },
  { name: "Inquiry received", email: () => inquiryEmails.inquiryReceivedEmail(), links: ["/"] },
];

import { auditStreamEmails } from "@agathaai/core/audit-streams";
import { domainEmails } from "@agathaai/core/company-sign-in";
import { exportEmails } from "@agathaai/core/exports";
import { keyEmails, leakedKeyEmails } from "@agathaai/core/keys";
import { leakEmails } from "@agathaai/core/leaks";
import { invitationEmails, memberKeyEmails, ownershipEmails } from "@agathaai/core/members";
import { suspensionEmails } from "@agathaai/core/operators";
import { deletionEmails } from "@agathaai/core/org-deletion";
import { webhookEmails } from "@agathaai/core/webhooks";
import { contact, creation, credentials, day, reason, type Sample, token } from "./sample";

const organization = "Agate Works";
const person = "ada@example.com";
const key = {
  id: "key_01jd0q4g5te8tvhz3t1c7x9ncm",
  environment: "live",
  prefix: "agt_live_4fQz",
  last_four: "9sXe",
} as const;

/** To an organization’s people, about its members, keys and data. */
export const organizationSamples: readonly Sample[] = [
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
      ["service_account", "agt_svc_4fQz", "/service-accounts"],
      ["service_account_token", null, "/service-accounts"],
      ["session", "agr_4fQz", "/settings#sessions"],
      ["connection", null, "/settings#connected-apps"],
    ] as const
  ).map(([thing, prefix, link]) => ({
    name: `Leaked ${thing.replaceAll("_", " ")}`,
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
        keys: {
          ended: credentials,
          narrowed: { keys: 2, serviceAccounts: 0 },
          kept: { keys: 0, serviceAccounts: 1 },
        },
      }),
    links: [],
  },
  {
    name: "Keys of a member who left",
    email: () =>
      memberKeyEmails.keysEndedByLeavingEmail({ organization, member: person, ended: credentials }),
    links: ["/keys", "/service-accounts"],
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
    email: () =>
      suspensionEmails.memberSuspendedEmail({ organization, keys: credentials, suspended: true, contact }),
    links: ["/keys", "/service-accounts"],
  },
];

import { Action, type Email, EmailLayout, Facts, Paragraph, portalUrl } from "../../platform/mail";
import { GRACE_DAYS } from "./schemas";
import { recordName } from "./txt-record";

/** For owners and admins, whose people are about to lose company sign-in, or have lost it. */
export function domainMissingEmail({ domain, lost }: { domain: string; lost: boolean }): Email {
  const subject = lost ? "Company sign-in stopped for a domain" : "A domain’s DNS record is missing";
  return {
    subject,
    body: (
      <EmailLayout
        title={subject}
        lead={
          lost
            ? `The DNS record that proves the domain is yours was missing for ${GRACE_DAYS} days. Its addresses can no longer sign in through your company.`
            : `We no longer find the DNS record that proves the domain is yours. If it stays away for ${GRACE_DAYS} days, company sign-in stops for its addresses.`
        }
        footer="You’re receiving this as an owner or admin of the organization."
      >
        <Facts
          rows={[
            ["Domain", domain],
            ["Record", recordName(domain)],
          ]}
        />
        <Paragraph>Publish the record again, then check the domain in Settings.</Paragraph>
        <Action label="View domains" url={portalUrl("/settings/company-sign-in")} />
      </EmailLayout>
    ),
  };
}

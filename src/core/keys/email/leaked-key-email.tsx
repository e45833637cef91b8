import { formatExactUtc } from "../../../shared/format/time";
import { Action, EmailLayout, Facts, Paragraph } from "../../platform/mail/email-layout";
import { portalUrl } from "../../platform/mail/portal-url";
import type { Email } from "../../platform/mail/render-email";
import type { KeyView } from "../schemas";

const subject = "We revoked an API key that was found in public";

/** Without the key's name and without where it was found: the finder is a stranger, and the address would be a link of theirs. */
export function leakedKeyEmail(
  { id, environment, prefix, last_four }: Pick<KeyView, "id" | "environment" | "prefix" | "last_four">,
  { organization, at }: { organization: string; at: Date },
): Email {
  return {
    subject,
    body: (
      <EmailLayout
        title={subject}
        lead={`Someone who had the whole secret of an API key of your organization “${organization}” reported it to us as leaked. Requests with it are now refused.`}
        footer="This email protects your account and can’t be turned off."
      >
        <Paragraph>
          Create a new key where your software needs one, and remove the old secret from where it was. The
          key’s page shows what it was used for until now; your audit log has the report.
        </Paragraph>
        <Facts
          rows={[
            ["Key", `${prefix}…${last_four} (${environment})`],
            ["Revoked", formatExactUtc(at)],
          ]}
        />
        <Action label="View key" url={portalUrl(`/keys/${id}`)} />
      </EmailLayout>
    ),
  };
}

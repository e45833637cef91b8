import type { SubProcessorChange } from "../../shared/legal/sub-processors";
import { Action, type Email, EmailLayout, Facts, Paragraph, portalUrl } from "../platform/mail";

/** For members who asked for it, before a sub-processor is added or removed. */
export function subProcessorChangeEmail({ kind, on, subProcessor }: SubProcessorChange): Email {
  const { name, purpose, place, data } = subProcessor;
  const subject = kind === "added" ? "A sub-processor will be added" : "A sub-processor will be removed";
  return {
    subject,
    body: (
      <EmailLayout
        title={subject}
        lead={
          kind === "added"
            ? `From ${on} (UTC), ${name} processes personal data for us.`
            : `From ${on} (UTC), ${name} no longer processes personal data for us.`
        }
        footer="You’re receiving this because you asked to be told of sub-processors. You can turn it off in Settings, Data."
      >
        <Facts
          rows={[
            ["Purpose", purpose],
            ["Place", place],
            ["Data", data],
          ]}
        />
        <Paragraph>If you object to it, answer before that day. The agreement says what follows.</Paragraph>
        <Action label="View sub-processors" url={portalUrl("/subprocessors")} />
      </EmailLayout>
    ),
  };
}

import { Action, type Email, EmailLayout, portalUrl } from "../../platform/mail";

/** What is sent in place of an email about an organization in HIPAA mode: that something happened, and where to see it. */
export function withoutDetails({ link }: Pick<Email, "link">): Email {
  const subject = "Something happened in your organization";
  const { label, url } = link ?? { label: "Sign in", url: portalUrl("/overview") };
  return {
    subject,
    body: (
      <EmailLayout
        title={subject}
        lead="Sign in to AgathaAI to see what it is."
        footer="The organization is in HIPAA mode, so emails about it carry no details. If you don’t know what this is about, ignore it."
      >
        <Action label={label} url={url} />
      </EmailLayout>
    ),
  };
}

import { formatDay } from "../../../shared/format/time";
import { Action, type Email, EmailLayout, Paragraph, portalUrl } from "../../platform/mail";

/** The last email to the person, sent to the address they had. */
export function accountErasedEmail({ receipt, dueBy }: { receipt: string; dueBy: Date }): Email {
  const subject = "Your account is being erased";
  return {
    subject,
    body: (
      <EmailLayout
        title={subject}
        lead="You asked us to erase your account. Its key was destroyed, so no one can read what it encrypted, and your personal organization was erased with it. You’re signed out everywhere."
        footer="If this wasn’t you, email support@agathaai.com at once. We can’t restore the data. This is our last email to you."
      >
        <Paragraph>
          {`What is left elsewhere, such as your record at our payment provider, is deleted by ${formatDay(dueBy)} (UTC), as far as the law allows. Then the page below has a signed certificate that says what stays. Keep this email: its link is the only way there.`}
        </Paragraph>
        <Action label="View erasure" url={erasureUrl(receipt)} />
      </EmailLayout>
    ),
  };
}

/** The receipt is behind `#`, which browsers send to no server. */
export function erasureUrl(receipt: string): string {
  return `${portalUrl("/erased")}#${receipt}`;
}

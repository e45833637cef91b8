import { Action, type Email, EmailLayout, Paragraph, portalUrl } from "../platform/mail";

/** To our team. Who asked and what they need is only in the console: mailboxes are copied, searched and kept forever. */
export function newInquiryEmail(inquiryId: string): Email {
  const subject = "New Enterprise inquiry";
  return {
    subject,
    body: (
      <EmailLayout
        title={subject}
        lead="Who it is and what they need is in the operator console. They were told to expect an answer."
        footer="You’re receiving this because inquiries go to SALES_EMAIL."
      >
        <Action label="Open inquiry" url={portalUrl(`/admin/inquiries/${inquiryId}`)} />
      </EmailLayout>
    ),
  };
}

/** To an address that anyone may have entered: it repeats nothing from the form. */
export function inquiryReceivedEmail(): Email {
  const subject = "We received your inquiry";
  return {
    subject,
    body: (
      <EmailLayout
        title={subject}
        lead="Thank you for asking about an Enterprise plan. A person reads every inquiry and answers within two working days."
        footer="If it wasn’t you who contacted us, ignore this email."
      >
        <Paragraph>
          Until then you can continue with any plan. What you build doesn’t change when you move to
          Enterprise.
        </Paragraph>
        <Action label="Open AgathaAI" url={portalUrl("/")} />
      </EmailLayout>
    ),
  };
}

import { env } from "../platform/env";
import { renderEmail } from "../platform/mail/email-layout";
import type { Email } from "../platform/mail/send-email";

const page = (path: string) => new URL(path, env().APP_URL).href;

/** To our people. Who asked and what is in the console alone: mailboxes are copied, searched and kept for ever. */
export function newInquiryEmail(inquiryId: string): Email {
  const subject = "Somebody asks for an Enterprise plan";
  return {
    subject,
    ...renderEmail({
      title: subject,
      paragraphs: [
        "Who it is and what they need is in the operator console. They were told to expect an answer.",
      ],
      action: { label: "Open the inquiry", url: page(`/admin/inquiries/${inquiryId}`) },
      footer: "You get this mail because inquiries go to SALES_EMAIL.",
    }),
  };
}

/** To an address that anyone may have typed: it says nothing that the form was given. */
export function inquiryReceivedEmail(): Email {
  const subject = "We received your inquiry";
  return {
    subject,
    ...renderEmail({
      title: subject,
      paragraphs: [
        "Thank you for asking about an Enterprise plan. A person reads every inquiry and answers within two working days.",
        "Until then you can go on with any plan; what you build does not change with it.",
      ],
      action: { label: "Open AgathaAI", url: page("/") },
      footer: "If it was not you who wrote to us, ignore this mail.",
    }),
  };
}

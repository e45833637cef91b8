import { formatAmount } from "../../../shared/money";
import { formatDay } from "../../../shared/time";
import { emailPreferencesUrl } from "../../accounts";
import { env } from "../../platform/env";
import { renderEmail } from "../../platform/mail/email-layout";
import type { Email } from "../../platform/mail/send-email";
import { isOverageLine, labelOfLine } from "../invoices/stripe-invoice";
import type { Stripe } from "../stripe/stripe-client";

const footer = "You get this mail because you own or pay for an organization at AgathaAI.";

export function receiptEmail(invoice: Stripe.Invoice): Email {
  const amount = formatAmount(invoice.amount_paid, invoice.currency);
  const subject = `Receipt for ${amount}`;
  return {
    subject,
    ...renderEmail({
      title: subject,
      paragraphs: [
        `We received ${amount}${invoice.number === null ? "" : ` for invoice ${invoice.number}`}. Thank you.`,
        ...linesOf(invoice),
      ],
      action: action("Open the invoice", invoice.hosted_invoice_url),
      footer,
      preferencesUrl: emailPreferencesUrl(),
    }),
  };
}

/** What was paid for, a line each. A month without overage does not mention it. */
function linesOf({ lines, currency }: Stripe.Invoice): string[] {
  return lines.data.flatMap((line) => {
    const words = labelOfLine(line);
    if (words === null || (isOverageLine(line) && line.amount === 0)) return [];
    return [`${words}: ${formatAmount(line.amount, currency)}`];
  });
}

export function paymentFailedEmail(invoice: Stripe.Invoice, graceEndsAt: Date | null): Email {
  const subject = "Your payment failed";
  const amount = formatAmount(invoice.amount_remaining, invoice.currency);
  return {
    subject,
    ...renderEmail({
      title: subject,
      paragraphs: [
        `We could not take ${amount}${invoice.number === null ? "" : ` for invoice ${invoice.number}`}.`,
        graceEndsAt === null
          ? "Pay the invoice or update your card to get your plan back."
          : `Your plan stays as it is until ${formatDay(graceEndsAt)} (UTC). After that your organization is on Free until the invoice is paid.`,
      ],
      action: action("Pay or update the card", invoice.hosted_invoice_url),
      footer,
    }),
  };
}

/** A bank that asks whether it is really its customer: only they can answer, and nothing is paid until they do. */
export function paymentConfirmationEmail(invoice: Stripe.Invoice, graceEndsAt: Date | null): Email {
  const subject = "Your bank asks you to confirm a payment";
  const amount = formatAmount(invoice.amount_remaining, invoice.currency);
  return {
    subject,
    ...renderEmail({
      title: subject,
      paragraphs: [
        `Your bank wants you to confirm ${amount}${invoice.number === null ? "" : ` for invoice ${invoice.number}`} before it is paid.`,
        graceEndsAt === null
          ? "Nothing changes until you do; what you chose begins as soon as it is paid."
          : `Your plan stays as it is until ${formatDay(graceEndsAt)} (UTC). After that your organization is on Free until the payment is confirmed.`,
      ],
      action: action("Confirm the payment", invoice.hosted_invoice_url),
      footer,
    }),
  };
}

/** The last invoice of a subscription that has ended: what was used beyond the quota until then. */
export function lastInvoiceFailedEmail(invoice: Stripe.Invoice): Email {
  const subject = "Your last invoice could not be paid";
  const amount = formatAmount(invoice.amount_remaining, invoice.currency);
  return {
    subject,
    ...renderEmail({
      title: subject,
      paragraphs: [
        `We could not take ${amount}${invoice.number === null ? "" : ` for invoice ${invoice.number}`}.`,
        "Your plan has ended; this invoice is for what was used before that. Pay it on its page.",
      ],
      action: action("Pay the invoice", invoice.hosted_invoice_url),
      footer,
    }),
  };
}

/** `open`: the invoice that would have had to be paid, where there still is one. */
export function lapsedEmail(open: Stripe.Invoice | undefined): Email {
  const subject = "Your organization is on Free now";
  const owed =
    open === undefined
      ? "The invoice of your plan was not paid in time."
      : `Invoice ${open.number ?? open.id} over ${formatAmount(open.amount_remaining, open.currency)} was not paid in time.`;
  return {
    subject,
    ...renderEmail({
      title: subject,
      paragraphs: [
        `${owed} Your plan has stopped, and Free’s limits hold now. Keys and history stay; requests past Free’s limits are refused.`,
        "Pay the invoice or update your card to get the plan back, or choose a plan anew under Billing.",
      ],
      action: action(open === undefined ? "Open billing" : "Pay the invoice", open?.hosted_invoice_url),
      footer,
    }),
  };
}

function action(label: string, url: string | null | undefined) {
  return { label, url: url ?? new URL("/billing", env().APP_URL).href };
}

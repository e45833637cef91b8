import { formatAmount } from "../../../shared/format/money";
import { formatDay } from "../../../shared/format/time";
import { emailPreferencesUrl } from "../../accounts";
import { Action, type Email, EmailLayout, Paragraph, portalUrl } from "../../platform/mail";
import { type InvoiceLine, isOverageLine, labelOfLine } from "../invoices/stripe-invoice";
import type { Stripe } from "../stripe/stripe-client";

/** The parts of a Stripe invoice that these emails use. */
interface Invoice
  extends Pick<
    Stripe.Invoice,
    "id" | "number" | "amount_paid" | "amount_remaining" | "currency" | "hosted_invoice_url"
  > {
  lines: { data: readonly InvoiceLine[] };
}

const footer = "You’re receiving this as an owner or billing member of an organization on AgathaAI.";

export function receiptEmail(invoice: Invoice): Email {
  const amount = formatAmount(invoice.amount_paid, invoice.currency);
  const subject = `Receipt for ${amount}`;
  return {
    subject,
    body: (
      <EmailLayout
        title={subject}
        lead={`We received ${amount}${forInvoice(invoice)}. Thank you.`}
        footer={footer}
        preferencesUrl={emailPreferencesUrl()}
      >
        {linesOf(invoice).map((line) => (
          <Paragraph key={line}>{line}</Paragraph>
        ))}
        <Action label="View invoice" url={invoicePage(invoice)} />
      </EmailLayout>
    ),
  };
}

/** One line for each thing paid for. Overage is left out when there was none. */
function linesOf({ lines, currency }: Invoice): string[] {
  return lines.data.flatMap((line) => {
    const label = labelOfLine(line);
    if (label === null || (isOverageLine(line) && line.amount === 0)) return [];
    return [`${label}: ${formatAmount(line.amount, currency)}`];
  });
}

export function paymentFailedEmail(invoice: Invoice, graceEndsAt: Date | null): Email {
  const subject = "Your payment failed";
  return {
    subject,
    body: (
      <EmailLayout title={subject} lead={notTaken(invoice)} footer={footer}>
        <Paragraph>
          {graceEndsAt === null
            ? "Pay the invoice or update your card to get your plan back."
            : `Your plan stays as it is until ${formatDay(graceEndsAt)} (UTC). After that, your organization is on Free until the invoice is paid.`}
        </Paragraph>
        <Action label="Pay invoice or update card" url={invoicePage(invoice)} />
      </EmailLayout>
    ),
  };
}

/** The bank wants the customer to confirm the payment. Until they do, nothing is paid. */
export function paymentConfirmationEmail(invoice: Invoice, graceEndsAt: Date | null): Email {
  const subject = "Your bank asks you to confirm a payment";
  return {
    subject,
    body: (
      <EmailLayout
        title={subject}
        lead={`Your bank wants you to confirm ${remaining(invoice)}${forInvoice(invoice)} before it’s paid.`}
        footer={footer}
      >
        <Paragraph>
          {graceEndsAt === null
            ? "Nothing changes until you do. Your plan starts as soon as the invoice is paid."
            : `Your plan stays as it is until ${formatDay(graceEndsAt)} (UTC). After that, your organization is on Free until the payment is confirmed.`}
        </Paragraph>
        <Action label="Confirm payment" url={invoicePage(invoice)} />
      </EmailLayout>
    ),
  };
}

/** For the last invoice of an ended subscription, which bills overage up to its end. */
export function lastInvoiceFailedEmail(invoice: Invoice): Email {
  const subject = "Your last invoice could not be paid";
  return {
    subject,
    body: (
      <EmailLayout title={subject} lead={notTaken(invoice)} footer={footer}>
        <Paragraph>Your plan has ended. This invoice is for usage before that.</Paragraph>
        <Action label="Pay invoice" url={invoicePage(invoice)} />
      </EmailLayout>
    ),
  };
}

/** `open`: the unpaid invoice, if it still is unpaid. */
export function lapsedEmail(open: Invoice | undefined): Email {
  const subject = "Your organization is on Free now";
  const owed =
    open === undefined
      ? "The invoice for your plan wasn’t paid in time."
      : `Invoice ${open.number ?? open.id} for ${remaining(open)} wasn’t paid in time.`;
  return {
    subject,
    body: (
      <EmailLayout
        title={subject}
        lead={`${owed} Your plan has ended, and Free’s limits apply now. Keys and history stay; requests past Free’s limits are refused.`}
        footer={footer}
      >
        <Paragraph>
          Pay the invoice or update your card to get the plan back, or choose a plan again under Billing.
        </Paragraph>
        <Action label={open === undefined ? "Open Billing" : "Pay invoice"} url={invoicePage(open)} />
      </EmailLayout>
    ),
  };
}

const remaining = ({ amount_remaining, currency }: Invoice) => formatAmount(amount_remaining, currency);

const forInvoice = ({ number }: Invoice) => (number === null ? "" : ` for invoice ${number}`);

const notTaken = (invoice: Invoice) => `We couldn’t charge ${remaining(invoice)}${forInvoice(invoice)}.`;

const invoicePage = (invoice: Invoice | undefined) => invoice?.hosted_invoice_url ?? portalUrl("/billing");

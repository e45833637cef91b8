import { type Letter, muteAddress } from "../accounts";
import { env } from "../platform/env";
import { renderMail } from "../platform/mail-layout";
import type { Stripe } from "./stripe-client";

const money = (cents: number, currency: string) =>
  new Intl.NumberFormat("en-US", { style: "currency", currency }).format(cents / 100);
const day = (date: Date) =>
  new Intl.DateTimeFormat("en-US", { dateStyle: "long", timeZone: "UTC" }).format(date);

const footer = "You get this mail because you own or pay for an organization at AgathaAI.";

export function receiptLetter(invoice: Stripe.Invoice): Letter {
  const amount = money(invoice.amount_paid, invoice.currency);
  const subject = `Receipt for ${amount}`;
  return {
    subject,
    ...renderMail({
      title: subject,
      paragraphs: [
        `We received ${amount}${invoice.number === null ? "" : ` for invoice ${invoice.number}`}. Thank you.`,
        ...invoice.lines.data.flatMap(({ description, amount: cents }) =>
          description === null ? [] : [`${description}: ${money(cents, invoice.currency)}`],
        ),
      ],
      action: action("Open the invoice", invoice.hosted_invoice_url),
      footer,
      muteAt: muteAddress(),
    }),
  };
}

export function paymentFailedLetter(invoice: Stripe.Invoice, graceEndsAt: Date | null): Letter {
  const subject = "Your payment failed";
  const amount = money(invoice.amount_remaining, invoice.currency);
  return {
    subject,
    ...renderMail({
      title: subject,
      paragraphs: [
        `We could not take ${amount}${invoice.number === null ? "" : ` for invoice ${invoice.number}`}.`,
        graceEndsAt === null
          ? "Pay the invoice or update your card to get your plan back."
          : `Your plan stays as it is until ${day(graceEndsAt)} (UTC). After that your organization is on Free until the invoice is paid.`,
      ],
      action: action("Pay or update the card", invoice.hosted_invoice_url),
      footer,
    }),
  };
}

function action(label: string, url: string | null | undefined) {
  return { label, url: url ?? new URL("/billing", env().APP_URL).href };
}

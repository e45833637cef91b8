import { billingEmails } from "@agathaai/core/billing";
import { usageAlertEmails } from "@agathaai/core/usage-alerts";
import { day, type Sample } from "./sample";

const period = { start: day.getTime() / 1_000 - 2_592_000, end: day.getTime() / 1_000 };
const invoice = {
  id: "in_sample",
  number: "AGT-0042",
  amount_paid: 2_900,
  amount_remaining: 2_900,
  currency: "usd",
  hosted_invoice_url: null,
  lines: { data: [{ amount: 2_900, description: "Pro", period, pricing: null }] },
};
const quota = {
  kind: "quota" as const,
  limit: 100_000,
  used: 80_500,
  keyName: null,
  keyMaker: null,
  paysOverage: false,
  percent: 80,
  resetsAt: day,
};
const cap = {
  ...quota,
  kind: "key_cap" as const,
  limit: 5_000_000,
  used: 5_000_000,
  keyName: "Crawler",
  percent: 100,
};

/** To whoever pays, about usage and invoices. */
export const billingSamples: readonly Sample[] = [
  {
    name: "Tokens, 80%",
    email: () => usageAlertEmails.thresholdEmail(quota),
    links: ["/billing", "/settings#notifications"],
  },
  {
    name: "Tokens, 100%, overage on",
    email: () =>
      usageAlertEmails.thresholdEmail({ ...quota, used: 100_000, percent: 100, paysOverage: true }),
    links: ["/billing", "/settings#notifications"],
  },
  {
    name: "Key cap reached",
    email: () => usageAlertEmails.thresholdEmail(cap),
    links: ["/keys", "/settings#notifications"],
  },
  {
    name: "Receipt",
    email: () => billingEmails.receiptEmail(invoice),
    links: ["/billing", "/settings#notifications"],
  },
  {
    name: "Payment failed",
    email: () => billingEmails.paymentFailedEmail(invoice, day),
    links: ["/billing"],
  },
  {
    name: "Payment to confirm",
    email: () => billingEmails.paymentConfirmationEmail(invoice, day),
    links: ["/billing"],
  },
  {
    name: "Last invoice failed",
    email: () => billingEmails.lastInvoiceFailedEmail(invoice),
    links: ["/billing"],
  },
  { name: "Plan lapsed", email: () => billingEmails.lapsedEmail(invoice), links: ["/billing"] },
];

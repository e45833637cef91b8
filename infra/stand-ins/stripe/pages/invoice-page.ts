import { day } from "../billing";
import { payNow } from "../invoices/invoice-life";
import { denyConfirmation, paymentIntentOf, setCard } from "../money/payments";
import type { Invoice } from "../objects/objects";
import type { World } from "../world";
import { button, escapeHtml, layout, money } from "./html";
import type { PageAnswer } from "./page-answer";

/** The hosted invoice page, where an open invoice is paid or its payment confirmed. */
export function showInvoice(world: World, invoice: Invoice, problem?: string): PageAnswer {
  const row = (label: string, amount: number) =>
    `<tr><td>${escapeHtml(label)}</td><td>${money(amount)}</td></tr>`;
  const rows = [
    ...invoice.lines.data.map(({ description, amount }) => row(description, amount)),
    ...invoice.total_discount_amounts.map(({ amount }) => row("Discount", -amount)),
    ...invoice.total_taxes.map(({ amount }) => row("Tax", amount)),
  ];
  const body = `<h1>Invoice ${invoice.number}</h1><p class="muted">${day(invoice.created)}. Status: ${invoice.status}</p>
${problem === undefined ? "" : `<p class="bad" role="alert">${escapeHtml(problem)}</p>`}
<table>${rows.join("")}<tr><th>Amount due</th><td>${money(invoice.amount_due)}</td></tr></table>
<p style="margin-top:16px"><a href="/i/${invoice.id}/pdf">Download PDF</a></p>${invoice.status === "open" ? waysToPay(world, invoice) : ""}`;
  return { status: 200, html: layout(`Invoice ${invoice.number}`, body) };
}

function waysToPay(world: World, { id }: Invoice): string {
  const pay = button(`/i/${id}/pay`, "Pay with a card that pays", {}, true);
  if (paymentIntentOf(world, id)?.status !== "requires_action") return pay;
  return `<p>Your bank asks: is it you?</p>${button(`/i/${id}/confirm`, "Confirm", { confirmed: "yes" }, true)}${button(`/i/${id}/confirm`, "Refuse", { confirmed: "no" })}${pay}`;
}

export function payInvoice(world: World, invoice: Invoice): PageAnswer {
  if (invoice.status !== "open") return showInvoice(world, invoice);
  setCard(world, invoice.customer, { last4: "4242", behavior: "pays" });
  payNow(world, invoice, { present: true });
  return { status: 303, location: `/i/${invoice.id}` };
}

/** The answer to the bank's question: the payment goes through, or needs another card. */
export function confirmInvoice(world: World, invoice: Invoice, form: URLSearchParams): PageAnswer {
  const waits = paymentIntentOf(world, invoice.id)?.status === "requires_action";
  if (invoice.status !== "open" || !waits) return showInvoice(world, invoice);
  if (form.get("confirmed") === "yes") {
    payNow(world, invoice, { present: true, confirmed: true });
    return { status: 303, location: `/i/${invoice.id}` };
  }
  denyConfirmation(world, invoice);
  return showInvoice(world, invoice, "The bank could not confirm that it is you. Use another card.");
}

/** One page of Helvetica: enough of PDF 1.4 for every reader. */
export function invoicePdf(invoice: Invoice): Buffer {
  const lines = [
    `AgathaAI invoice ${invoice.number}`,
    `${day(invoice.created)}, ${invoice.status}`,
    "",
    ...invoice.lines.data.map(({ description, amount }) => `${description}   ${money(amount)}`),
    "",
    `Amount due ${money(invoice.amount_due)}`,
    "From the local stand-in for Stripe: no money moved.",
  ];
  const safe = (line: string) => line.replace(/[^\x20-\x7e]/g, "x").replace(/[\\()]/g, "\\$&");
  const stream = `BT /F1 12 Tf 56 780 Td 18 TL ${lines.map((line) => `(${safe(line)}) Tj T*`).join(" ")} ET`;
  const objects = [
    "<</Type/Catalog/Pages 2 0 R>>",
    "<</Type/Pages/Kids[3 0 R]/Count 1>>",
    "<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R/Resources<</Font<</F1 5 0 R>>>>>>",
    `<</Length ${stream.length}>>stream\n${stream}\nendstream`,
    "<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>",
  ];
  let pdf = "%PDF-1.4\n";
  const offsets = objects.map((object, index) => {
    const at = pdf.length;
    pdf += `${index + 1} 0 obj${object}endobj\n`;
    return at;
  });
  const table = offsets.map((at) => `${String(at).padStart(10, "0")} 00000 n \n`).join("");
  pdf += `xref\n0 ${objects.length + 1}\n0000000000 65535 f \n${table}trailer<</Size ${objects.length + 1}/Root 1 0 R>>\nstartxref\n${Buffer.byteLength(pdf)}\n%%EOF\n`;
  return Buffer.from(pdf, "latin1");
}

export const invoiceTitle = ({ number, created }: Invoice) => number ?? `of ${day(created)}`;

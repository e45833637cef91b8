import { charge, day, revive, settle } from "./billing";
import { button, escapeHtml, layout, money } from "./html";
import type { Invoice } from "./objects";
import type { PageAnswer } from "./page-answer";
import type { World } from "./world";

export function showInvoice(invoice: Invoice, problem?: string): PageAnswer {
  const rows = invoice.lines.data.map(
    ({ description, amount }) => `<tr><td>${escapeHtml(description)}</td><td>${money(amount)}</td></tr>`,
  );
  const body = `<h1>Invoice ${invoice.number}</h1><p class="muted">${day(invoice.created)}. Status: ${invoice.status}</p>
${problem === undefined ? "" : `<p class="bad" role="alert">${escapeHtml(problem)}</p>`}
<table>${rows.join("")}<tr><th>Amount due</th><td>${money(invoice.amount_due)}</td></tr></table>
<p style="margin-top:16px"><a href="/i/${invoice.id}/pdf">Download PDF</a></p>${invoice.status === "open" ? button(`/i/${invoice.id}/pay`, "Pay with a card that pays", {}, true) : ""}`;
  return { status: 200, html: layout(`Invoice ${invoice.number}`, body) };
}

export function payInvoice(world: World, invoice: Invoice): PageAnswer {
  if (invoice.status !== "open") return showInvoice(invoice);
  const card = { last4: "4242", behaviour: "pays" } as const;
  charge(card, invoice.amount_due, { present: true });
  world.state.cards[invoice.customer] = card;
  settle(world, invoice);
  world.emit("invoice.paid", invoice);
  const { subscription } = invoice.parent.subscription_details;
  revive(world, world.find(world.state.subscriptions, subscription, "subscription"));
  return { status: 303, location: `/i/${invoice.id}` };
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

import { day, itemOf, planName } from "../billing";
import { advanceTo, advanceToRenewal, nextRenewal } from "../clock";
import type { Deliveries } from "../deliver";
import { fallOverdue, finalize, markUncollectible, voidInvoice } from "../invoices/invoice-life";
import { chargeOfInvoice, closeDispute, openDispute, refund } from "../money/give-back";
import { setCard } from "../money/payments";
import type { Invoice } from "../objects/objects";
import type { World } from "../world";
import { button, escapeHtml, layout } from "./html";
import { invoiceTitle } from "./invoice-page";
import type { PageAnswer } from "./page-answer";
import { usageSoFar } from "./usage-so-far";

const DAY = 86_400;

/** Controls that the real Stripe does not have: moving time, and cards that fail on request. */
export function showPanel(world: World, deliveries: Deliveries): PageAnswer {
  const renewal = nextRenewal(world);
  const subscriptions = Object.values(world.state.subscriptions).reverse();
  const rows = subscriptions.map((subscription) => {
    const item = itemOf(world, subscription);
    const { customer, status } = subscription;
    const email = world.state.customers[customer]?.email ?? customer;
    const failing = world.state.cards[customer]?.behavior === "fails_later";
    const card = failing
      ? button("/panel/card", "Let renewals pay", { customer, card: "pays" })
      : button("/panel/card", "Fail the next renewal", { customer, card: "fails_later" });
    return `<div class="card"><p><strong>${escapeHtml(email)}</strong><br><span class="muted">${escapeHtml(planName(world, item.price))}${usageSoFar(world, subscription)}, ${status}; period ends ${day(item.current_period_end)}${subscription.cancel_at !== null ? ", then canceled" : ""}</span></p>${status === "canceled" ? "" : card}</div>`;
  });
  const troubles = Object.values(world.state.invoices)
    .slice(-10)
    .reverse()
    .map((invoice) => trouble(invoice));
  const events = Object.values(world.state.events).slice(-20).reverse();
  const body = `<h1>Test panel</h1><p class="muted">The clock here says ${new Date(world.now() * 1_000).toUTCString()}${world.state.ahead === 0 ? "" : ", ahead of the real one"}.</p>
${renewal === undefined ? "" : button("/panel/advance", "Advance to the next renewal", { to: "renewal" }, true)}${button("/panel/advance", "Advance by a day", { days: "1" })}${button("/panel/advance", "Advance by a week", { days: "7" })}
${button("/panel/outage", deliveries.outage ? "End the outage of webhooks" : "Lose all webhooks", { on: deliveries.outage ? "no" : "yes" })}
<h2>Subscriptions</h2>${rows.join("") || '<p class="muted">None yet. Choose a plan in the portal.</p>'}
<h2>Last invoices</h2>${troubles.join("") || '<p class="muted">None yet.</p>'}
<h2>Last events</h2><table>${events.map(({ type, created }) => `<tr><td>${type}</td><td>${day(created)}</td></tr>`).join("")}</table>`;
  return { status: 200, html: layout("Stripe stand-in", body) };
}

/** What a seller's dashboard, a bank or a tax office can do to an invoice. */
function trouble(invoice: Invoice): string {
  const ways: Record<Invoice["status"], readonly (readonly [string, string])[]> = {
    draft: [
      ["finalize", "Close it now"],
      ["fail", "Let closing it fail"],
    ],
    open: [
      ["void", "Void"],
      ["uncollectible", "Mark uncollectible"],
      ["overdue", "Fall overdue"],
    ],
    paid: [
      ["refund", "Refund"],
      ["dispute", "Open a dispute"],
      ["win", "Close the dispute: won"],
      ["lose", "Close the dispute: lost"],
    ],
    uncollectible: [["void", "Void"]],
    void: [],
  };
  const buttons = ways[invoice.status].map(([does, label]) =>
    button("/panel/invoice", label, { invoice: invoice.id, does }),
  );
  return `<div class="card"><p><strong>${escapeHtml(invoiceTitle(invoice))}</strong> <span class="muted">${invoice.status}</span></p>${buttons.join("")}</div>`;
}

function actOnInvoice(world: World, form: URLSearchParams): void {
  const invoice = world.find(world.state.invoices, form.get("invoice") ?? "", "invoice");
  const dispute = () =>
    Object.values(world.state.disputes).findLast(
      ({ charge, status }) => charge === chargeOfInvoice(world, invoice.id).id && status === "needs_response",
    );
  const close = (status: "won" | "lost") => {
    const open = dispute();
    if (open !== undefined) closeDispute(world, open, status);
  };
  const acts: Record<string, () => unknown> = {
    finalize: () => finalize(world, invoice),
    fail: () => {
      world.state.unfinalizable.push(invoice.customer);
      finalize(world, invoice);
    },
    void: () => voidInvoice(world, invoice),
    uncollectible: () => markUncollectible(world, invoice),
    overdue: () => fallOverdue(world, invoice),
    refund: () => refund(world, chargeOfInvoice(world, invoice.id)),
    dispute: () => openDispute(world, chargeOfInvoice(world, invoice.id)),
    win: () => close("won"),
    lose: () => close("lost"),
  };
  acts[form.get("does") ?? ""]?.();
}

export function actOnPanel(
  world: World,
  deliveries: Deliveries,
  action: string,
  form: URLSearchParams,
): PageAnswer {
  if (action === "advance") {
    const days = Math.min(400, Math.max(0, Number(form.get("days")) || 0));
    if (form.get("to") === "renewal") advanceToRenewal(world);
    else advanceTo(world, world.now() + days * DAY);
  }
  if (action === "card") {
    const customer = world.find(world.state.customers, form.get("customer") ?? "", "customer").id;
    setCard(
      world,
      customer,
      form.get("card") === "pays"
        ? { last4: "4242", behavior: "pays" }
        : { last4: "0341", behavior: "fails_later" },
    );
  }
  if (action === "invoice") actOnInvoice(world, form);
  if (action === "outage") deliveries.outage = form.get("on") === "yes";
  return { status: 303, location: "/" };
}

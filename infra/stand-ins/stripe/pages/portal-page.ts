import { day, itemOf, planEnd, planName } from "../billing";
import { charge, setCard } from "../money/payments";
import type { PortalSession } from "../objects/objects";
import type { World } from "../world";
import { button, cardChoice, cards, escapeHtml, layout, money } from "./html";
import { invoiceTitle } from "./invoice-page";
import type { PageAnswer } from "./page-answer";
import { usageSoFar } from "./usage-so-far";

/** The hosted page where a customer changes the card, pays open invoices, cancels and resumes. */
export function showPortal(world: World, session: PortalSession, said?: string): PageAnswer {
  const path = `/p/session/${session.id}`;
  const card = world.state.cards[session.customer];
  const subscriptions = Object.values(world.state.subscriptions).filter(
    ({ customer, status }) => customer === session.customer && status !== "canceled",
  );
  const invoices = Object.values(world.state.invoices)
    .filter(({ customer }) => customer === session.customer)
    .reverse();
  const plans = subscriptions.map((subscription) => {
    const item = itemOf(world, subscription);
    const end = day(item.current_period_end);
    const ends = subscription.cancel_at !== null;
    const action = ends
      ? button(`${path}/resume`, "Do not cancel", { subscription: subscription.id })
      : !cancels(world, session)
        ? ""
        : button(`${path}/cancel`, "Cancel plan", { subscription: subscription.id });
    return `<div class="card"><p><strong>${escapeHtml(planName(world, item.price))}</strong>${usageSoFar(world, subscription)}<br><span class="muted">${ends ? "Ends" : "Renews"} ${end}. Status: ${subscription.status}</span></p>${action}</div>`;
  });
  const rows = invoices.map(
    (invoice) =>
      `<tr><td>${day(invoice.created)}</td><td>${money(invoice.amount_due)}</td><td>${invoice.status}</td><td><a href="/i/${invoice.id}">${invoiceTitle(invoice)}</a></td></tr>`,
  );
  const body = `<p><a href="${escapeHtml(session.return_url)}">Return to AgathaAI</a></p><h1>Your billing</h1>
${said === undefined ? "" : `<p class="bad" role="alert">${escapeHtml(said)}</p>`}<h2>Plan</h2>${plans.join("") || '<p class="muted">No plan.</p>'}
<h2>Payment method</h2><p class="muted">${card === undefined ? "None" : `Card ending in ${card.last4}`}</p>
<form class="card" method="post" action="${path}/card">${cardChoice(card?.behavior ?? "pays")}<button class="main">Save card</button></form>
<h2>Invoices</h2>${rows.length === 0 ? '<p class="muted">None yet.</p>' : `<table>${rows.join("")}</table>`}`;
  return { status: 200, html: layout("Billing", body) };
}

/** Whether the configuration allows canceling. */
function cancels(world: World, session: PortalSession): boolean {
  const feature = world.state.configurations[session.configuration]?.features.subscription_cancel;
  return typeof feature === "object" && feature !== null && Reflect.get(feature, "enabled") === true;
}

export function actOnPortal(
  world: World,
  session: PortalSession,
  action: string,
  form: URLSearchParams,
): PageAnswer {
  const back: PageAnswer = { status: 303, location: `/p/session/${session.id}` };
  if (action === "card") {
    const card = cards.find(({ value }) => value === form.get("card")) ?? cards[0];
    try {
      charge({ last4: card.last4, behavior: card.value }, 1, { present: true });
    } catch {
      return showPortal(world, session, "This card was declined. The old one stays.");
    }
    setCard(world, session.customer, { last4: card.last4, behavior: card.value });
    return back;
  }
  const subscription = world.find(world.state.subscriptions, form.get("subscription") ?? "", "subscription");
  if (subscription.customer !== session.customer || !["cancel", "resume"].includes(action)) return back;
  if (action === "cancel" && !cancels(world, session)) return back;
  // In flexible billing mode the portal sets a time, and leaves `cancel_at_period_end` false.
  const at = action === "cancel" ? itemOf(world, subscription).current_period_end : null;
  planEnd(world, subscription, { at, atPeriodEnd: false });
  world.emit("customer.subscription.updated", subscription);
  return back;
}

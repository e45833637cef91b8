import { Failure } from "../api/failure";
import { planName } from "../billing";
import { createSubscription } from "../create-subscription";
import { charge, setCard } from "../money/payments";
import type { CheckoutSession } from "../objects/objects";
import type { World } from "../world";
import { button, cardChoice, cards, escapeHtml, layout, money } from "./html";
import type { PageAnswer } from "./page-answer";

/** The address a person would have typed. */
const TYPED_ADDRESS = {
  city: "Berlin",
  country: "DE",
  line1: "Unter den Linden 1",
  line2: null,
  postal_code: "10117",
  state: null,
};

/** The hosted page on which a subscription is paid. */
export function showCheckout(world: World, session: CheckoutSession, problem?: string): PageAnswer {
  const order = world.state.session_orders[session.id];
  if (session.status !== "open" || order === undefined) {
    const words =
      session.status === "complete"
        ? "This page has been paid on already."
        : "This page has expired. Start again from the portal.";
    const back = session.status === "complete" ? session.success_url : (session.cancel_url ?? "/");
    return {
      status: 200,
      html: layout("Checkout", `<h1>${words}</h1><p><a href="${escapeHtml(back)}">Back to AgathaAI</a></p>`),
    };
  }
  const body = `<p class="muted">Subscribe to ${escapeHtml(planName(world, order.price))}</p>
<p><span class="sum">${money(session.amount_total)}</span> <span class="muted">a month${session.total_details?.amount_tax ? `, with ${money(session.total_details.amount_tax)} tax` : ""}</span></p>
${problem === undefined ? "" : `<p class="bad" role="alert">${escapeHtml(problem)}</p>`}
<form class="card" method="post" action="/c/pay/${session.id}/pay">${cardChoice("pays")}<button class="main">Pay and subscribe</button></form>
<p>${session.cancel_url === null ? "" : `<a href="${escapeHtml(session.cancel_url)}">Back without paying</a>`}</p>`;
  return { status: 200, html: layout("Checkout", body) };
}

export function payCheckout(world: World, session: CheckoutSession, form: URLSearchParams): PageAnswer {
  const order = world.state.session_orders[session.id];
  const card = cards.find(({ value }) => value === form.get("card")) ?? cards[0];
  if (session.status !== "open" || order === undefined) return showCheckout(world, session);
  if (card.value === "confirms" && form.get("confirmed") !== "yes") {
    if (form.get("confirmed") === "no") {
      return showCheckout(world, session, "The bank could not confirm that it is you. Try another card.");
    }
    const path = `/c/pay/${session.id}/pay`;
    const body = `<h1>Your bank asks: is it you?</h1><p class="muted">${money(session.amount_total)} to AgathaAI.</p>
${button(path, "Confirm", { card: card.value, confirmed: "yes" }, true)}${button(path, "Refuse", { card: card.value, confirmed: "no" })}`;
    return { status: 200, html: layout("Confirm", body) };
  }
  const kept = { last4: card.last4, behavior: card.value };
  try {
    charge(kept, session.amount_total, { present: true });
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    return showCheckout(world, session, "Your card was declined. Try another one.");
  }
  setCard(world, session.customer, kept);
  const customer = world.state.customers[session.customer];
  if (customer !== undefined && order.keepsAddress === true) customer.address ??= TYPED_ADDRESS;
  const { price, metadata, automaticTax = false } = order;
  const { subscription, invoice } = createSubscription(world, {
    customer: session.customer,
    price,
    metadata,
    automaticTax,
  });
  session.status = "complete";
  session.payment_status = "paid";
  session.subscription = subscription.id;
  session.invoice = invoice.id;
  session.url = null;
  world.emit("checkout.session.completed", session);
  return { status: 303, location: session.success_url };
}

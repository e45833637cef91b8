import { day, itemOf, planName } from "./billing";
import { advanceTo, nextRenewal } from "./clock";
import type { Deliveries } from "./deliver";
import { button, escapeHtml, layout } from "./html";
import type { PageAnswer } from "./page-answer";
import { usageSoFar } from "./usage-words";
import type { World } from "./world";

const DAY = 86_400;

/** What no real Stripe offers: time that passes on demand, and cards that fail when asked to. */
export function showPanel(world: World, deliveries: Deliveries): PageAnswer {
  const renewal = nextRenewal(world);
  const subscriptions = Object.values(world.state.subscriptions).reverse();
  const rows = subscriptions.map((subscription) => {
    const item = itemOf(world, subscription);
    const { customer, status } = subscription;
    const email = world.state.customers[customer]?.email ?? customer;
    const failing = world.state.cards[customer]?.behaviour === "fails_later";
    const card = failing
      ? button("/panel/card", "Let renewals pay", { customer, card: "pays" })
      : button("/panel/card", "Fail the next renewal", { customer, card: "fails_later" });
    return `<div class="card"><p><strong>${escapeHtml(email)}</strong><br><span class="muted">${escapeHtml(planName(world, item.price))}${usageSoFar(world, subscription)}, ${status}; period ends ${day(item.current_period_end)}${subscription.cancel_at_period_end ? ", then canceled" : ""}</span></p>${status === "canceled" ? "" : card}</div>`;
  });
  const events = Object.values(world.state.events).slice(-20).reverse();
  const body = `<h1>Test panel</h1><p class="muted">The clock here says ${new Date(world.now() * 1_000).toUTCString()}${world.state.ahead === 0 ? "" : ", ahead of the real one"}.</p>
${renewal === undefined ? "" : button("/panel/advance", "Advance to the next renewal", { to: "renewal" }, true)}${button("/panel/advance", "Advance by a day", { days: "1" })}${button("/panel/advance", "Advance by a week", { days: "7" })}
${button("/panel/outage", deliveries.outage ? "End the outage of webhooks" : "Lose all webhooks", { on: deliveries.outage ? "no" : "yes" })}
<h2>Subscriptions</h2>${rows.join("") || '<p class="muted">None yet. Choose a plan in the portal.</p>'}
<h2>Last events</h2><table>${events.map(({ type, created }) => `<tr><td>${type}</td><td>${day(created)}</td></tr>`).join("")}</table>`;
  return { status: 200, html: layout("Stripe stand-in", body) };
}

export function actOnPanel(
  world: World,
  deliveries: Deliveries,
  action: string,
  form: URLSearchParams,
): PageAnswer {
  if (action === "advance") {
    const to = form.get("to") === "renewal" ? nextRenewal(world) : undefined;
    const days = Math.min(400, Math.max(0, Number(form.get("days")) || 0));
    advanceTo(world, to ?? world.now() + days * DAY);
  }
  if (action === "card") {
    const customer = world.find(world.state.customers, form.get("customer") ?? "", "customer").id;
    world.state.cards[customer] =
      form.get("card") === "pays"
        ? { last4: "4242", behaviour: "pays" }
        : { last4: "0341", behaviour: "fails_later" };
  }
  if (action === "outage") deliveries.outage = form.get("on") === "yes";
  return { status: 303, location: "/" };
}

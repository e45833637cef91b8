import type { StripeStandIn } from "../../stand-ins/stripe/start-stripe";

export type TestCard = "pays" | "declines" | "confirms" | "fails_later";

/** What a person does on the hosted pages, by the forms those pages send. */
export async function payOn(url: string, card: TestCard = "pays", more: Record<string, string> = {}) {
  const answer = await fetch(`${url}/pay`, {
    method: "POST",
    body: new URLSearchParams({ card, ...more }),
    redirect: "manual",
  });
  return { status: answer.status, location: answer.headers.get("location"), html: await answer.text() };
}

export async function actOnPortal(url: string, action: string, fields: Record<string, string>) {
  const answer = await fetch(`${url}/${action}`, {
    method: "POST",
    body: new URLSearchParams(fields),
    redirect: "manual",
  });
  return { status: answer.status, html: await answer.text() };
}

export function newestSubscription(standIn: StripeStandIn, customer: string) {
  const found = Object.values(standIn.state.subscriptions).findLast((one) => one.customer === customer);
  if (found === undefined) throw new Error(`the customer ${customer} has no subscription`);
  return found;
}

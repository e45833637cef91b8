import type { Tx } from "../../platform/db";
import type { Stripe } from "../stripe-client";

/** What is to happen after the commit; a mail that was sent cannot be rolled back. */
export type Afterwards = () => Promise<void>;

/**
 * What one kind of event does, inside the transaction that remembers the event's id. It reads Stripe again and trusts
 * the event for nothing but whom it is about.
 */
export interface EventHandler {
  handle(tx: Tx, stripe: Stripe, event: Stripe.Event): Promise<Afterwards | undefined>;
}

/** The customer an event is about, whatever object it carries. */
export function customerOf({ data }: Stripe.Event): string | undefined {
  const object: unknown = data.object;
  if (typeof object !== "object" || object === null) return undefined;
  const customer: unknown = Reflect.get(object, "customer");
  if (typeof customer === "string") return customer;
  return typeof customer === "object" && customer !== null ? idOf(customer) : undefined;
}

export function idOf(object: object): string | undefined {
  const id: unknown = Reflect.get(object, "id");
  return typeof id === "string" ? id : undefined;
}

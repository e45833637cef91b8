import type { Clock } from "../../../platform/clock";
import type { Db, Tx } from "../../../platform/db/client";
import type { Entitlement } from "../../entitlement/entitlement";
import type { Stripe } from "../../stripe/stripe-client";

/** An event as far as it is trusted: what it is about. Whatever else it says, Stripe is asked again. */
export interface ReceivedEvent {
  id: string;
  type: string;
  customerId: string | null;
  objectId: string | null;
}

export interface EventContext {
  db: Db;
  stripe: Stripe;
  event: ReceivedEvent;
  orgId: string;
  customer: string;
  clock: Clock;
}

export interface Effect {
  /** Part of the commit that marks the event as done. Asks nothing outside. */
  write?: (tx: Tx) => Promise<void>;
  /** Follows the commit, for a mail that was sent cannot be rolled back; told what is in force by now. */
  after?: (entitlement: Entitlement) => Promise<void>;
}

/**
 * What one kind of event does beside making our row say what Stripe says, which every event does. It runs in the
 * organization's billing lease and before Stripe's state is read; no transaction is open.
 */
export type EventHandler = (context: EventContext) => Promise<Effect | undefined>;

/** Nothing beside. */
export const refetchOnly: EventHandler = async () => undefined;

/** The customer an event is about, whatever object it carries. */
export function customerOf({ type, data }: Stripe.Event): string | undefined {
  const object: unknown = data.object;
  if (typeof object !== "object" || object === null) return undefined;
  if (type.startsWith("customer.") && Reflect.get(object, "object") === "customer") return idOf(object);
  const customer: unknown = Reflect.get(object, "customer");
  if (typeof customer === "string") return customer;
  return typeof customer === "object" && customer !== null ? idOf(customer) : undefined;
}

export function idOf(object: object): string | undefined {
  const id: unknown = Reflect.get(object, "id");
  return typeof id === "string" ? id : undefined;
}

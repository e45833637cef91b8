import type { Clock, Db, Tx } from "../../../platform";
import type { Entitlement } from "../../entitlement/entitlement";
import type { Stripe } from "../../stripe/stripe-client";

/** The parts of an event that are trusted: which objects it is about. Their state is read from Stripe again. */
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
  /** Runs in the commit that marks the event as processed. Must not call outside services. */
  write?: (tx: Tx) => Promise<void>;
  /** Runs after the commit, because a sent email cannot be rolled back. Gets the entitlement now in force. */
  after?: (entitlement: Entitlement) => Promise<void>;
}

/**
 * What a type of event does besides refreshing our row, which every event does. Runs under the organization's billing
 * lease, before Stripe's state is read, with no transaction open.
 */
export type EventHandler = (context: EventContext) => Promise<Effect | undefined>;

/** Only refreshes our row. */
export const refetchOnly: EventHandler = async () => undefined;

/** The customer an event is about, whatever its object. */
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

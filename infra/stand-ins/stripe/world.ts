import { randomBytes } from "node:crypto";
import Stripe from "stripe";
import { missing, unknownReference } from "./api/failure";
import type { Customer, Price, State, StripeEvent, Subscription, SubscriptionItem } from "./objects/objects";

/** The state with its clock, ids and events, shared by all parts of the stand-in. */
export class World {
  constructor(
    readonly state: State,
    /** The address of the hosted pages. */
    readonly url: string,
    private readonly onEvent: (event: StripeEvent) => void,
  ) {}

  /** Seconds by the stand-in's clock. */
  now(): number {
    return Math.floor(Date.now() / 1_000) + this.state.ahead;
  }

  id(prefix: string): string {
    return `${prefix}_${randomBytes(12).toString("hex")}`;
  }

  find<T>(all: Record<string, T>, id: string, name: string): T {
    const found = Object.hasOwn(all, id) ? all[id] : undefined;
    if (found === undefined) throw missing(name, id);
    return found;
  }

  /** The object a parameter names. */
  named<T>(all: Record<string, T>, id: string, { kind, param }: { kind: string; param: string }): T {
    const found = Object.hasOwn(all, id) ? all[id] : undefined;
    if (found === undefined) throw unknownReference(kind, id, param);
    return found;
  }

  /** The customer of a call; a deleted one does not count. */
  customer(id: string, param = "customer"): Customer {
    return this.named(this.state.customers, id, { kind: "customer", param });
  }

  /** The customer of a list; objects of a deleted one can still be listed. */
  listedCustomer(id: string | undefined): string | undefined {
    if (id === undefined || this.state.customers_deleted.includes(id)) return id;
    return this.customer(id).id;
  }

  price(id: string): Price {
    return this.find(this.state.prices, id, "price");
  }

  isMetered(id: string): boolean {
    // Tests take a price away while the clock goes on.
    return this.state.prices[id]?.recurring.usage_type === "metered";
  }

  emit(type: string, object: { id: string }): void {
    const event: StripeEvent = {
      id: this.id("evt"),
      object: "event",
      created: this.now(),
      api_version: Stripe.API_VERSION,
      type,
      data: { object: this.render(object) },
      pending_webhooks: 1,
      request: { id: null, idempotency_key: null },
      livemode: false,
    };
    this.state.events[event.id] = event;
    this.onEvent(event);
  }

  /** An object as the API shows it: a copy with prices expanded. */
  render(object: object): Record<string, unknown> {
    const copy = structuredClone(object);
    if (!isSubscription(copy)) return { ...copy };
    const priced = (items: SubscriptionItem[]) =>
      items.map((item) => ({ ...item, price: this.price(item.price) }));
    const { items, pending_update: pending } = copy;
    return {
      ...copy,
      items: { ...items, data: priced(items.data) },
      pending_update: pending && { ...pending, subscription_items: priced(pending.subscription_items) },
    };
  }

  /** Replaces the ids at these paths by their objects: `latest_invoice`, `data.schedule`. */
  expand(body: unknown, paths: readonly string[]): unknown {
    return paths.reduce((expanded, path) => this.#expandOne(expanded, path.split(".")), body);
  }

  #expandOne(value: unknown, [key, ...rest]: string[]): unknown {
    if (key === undefined) return typeof value === "string" ? this.#named(value) : value;
    if (Array.isArray(value)) return value.map((item) => this.#expandOne(item, [key, ...rest]));
    if (typeof value !== "object" || value === null) return value;
    return { ...value, [key]: this.#expandChild(this.#child(value, key), rest) };
  }

  /** Created here, because only an expansion shows it. */
  #child(value: object, key: string): unknown {
    const { object, id } = { object: Reflect.get(value, "object"), id: Reflect.get(value, "id") };
    if (object !== "invoice") return Reflect.get(value, key);
    const payments = Object.values(this.state.invoice_payments).filter(({ invoice }) => invoice === id);
    if (key === "payments") {
      return { object: "list", data: payments, has_more: false, url: `/v1/invoice_payments?invoice=${id}` };
    }
    if (key !== "confirmation_secret") return Reflect.get(value, key);
    const intent = this.state.payment_intents[payments[0]?.payment.payment_intent ?? ""];
    return intent === undefined ? null : { client_secret: intent.client_secret, type: "payment_intent" };
  }

  #expandChild(value: unknown, rest: string[]): unknown {
    const child = typeof value === "string" ? this.#named(value) : value;
    if (rest.length === 0) return child;
    return Array.isArray(child)
      ? child.map((item) => this.#expandOne(item, rest))
      : this.#expandOne(child, rest);
  }

  #named(id: string): unknown {
    if (this.state.customers_deleted.includes(id)) return { id, object: "customer", deleted: true };
    const { state } = this;
    const kinds: Record<string, object>[] = [
      state.customers,
      state.subscriptions,
      state.schedules,
      state.invoices,
      state.prices,
      state.products,
      state.payment_intents,
      state.payment_methods,
      state.charges,
      state.refunds,
      state.discounts,
      state.coupons,
    ];
    const found = kinds.map((kind) => kind[id]).find((object) => object !== undefined);
    return found === undefined ? id : this.render(found);
  }
}

const isSubscription = (object: object): object is Subscription =>
  "object" in object && object.object === "subscription";

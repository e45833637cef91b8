import { randomBytes } from "node:crypto";
import Stripe from "stripe";
import { missing } from "./failure";
import type { Price, State, StripeEvent, Subscription } from "./objects";

/** The state with its clock, its ids and its events: what every part of the stand-in works on. */
export class World {
  constructor(
    readonly state: State,
    /** Address of the hosted pages. */
    readonly url: string,
    private readonly onEvent: (event: StripeEvent) => void,
  ) {}

  /** Seconds, by the stand-in's own clock. */
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

  price(id: string): Price {
    return this.find(this.state.prices, id, "price");
  }

  isMetered(id: string): boolean {
    return this.price(id).recurring.usage_type === "metered";
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

  /** An object as the API shows it: a copy, in which prices stand in full. */
  render(object: object): Record<string, unknown> {
    const copy = structuredClone(object);
    if (!isSubscription(copy)) return { ...copy };
    const data = copy.items.data.map((item) => ({ ...item, price: this.price(item.price) }));
    return { ...copy, items: { ...copy.items, data } };
  }

  /** Replaces the ids at the given paths by what they name: `latest_invoice`, `data.schedule`. */
  expand(body: unknown, paths: readonly string[]): unknown {
    return paths.reduce((expanded, path) => this.#expandOne(expanded, path.split(".")), body);
  }

  #expandOne(value: unknown, [key, ...rest]: string[]): unknown {
    if (key === undefined) return typeof value === "string" ? this.#named(value) : value;
    if (Array.isArray(value)) return value.map((item) => this.#expandOne(item, [key, ...rest]));
    if (typeof value !== "object" || value === null) return value;
    return { ...value, [key]: this.#expandChild(Reflect.get(value, key), rest) };
  }

  #expandChild(value: unknown, rest: string[]): unknown {
    const child = typeof value === "string" ? this.#named(value) : value;
    if (rest.length === 0) return child;
    return Array.isArray(child)
      ? child.map((item) => this.#expandOne(item, rest))
      : this.#expandOne(child, rest);
  }

  #named(id: string): unknown {
    const { customers, subscriptions, schedules, invoices, prices, products } = this.state;
    const found = [customers, subscriptions, schedules, invoices, prices, products]
      .map((kind) => kind[id])
      .find((object) => object !== undefined);
    return found === undefined ? id : this.render(found);
  }
}

const isSubscription = (object: object): object is Subscription =>
  "object" in object && object.object === "subscription";

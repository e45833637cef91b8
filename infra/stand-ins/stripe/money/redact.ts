import { voidInvoice } from "../invoices/invoice-life";
import type { RedactionError, RedactionJob } from "../objects/objects";
import type { World } from "../world";

const REDACTED = "[redacted]";
/** Stripe keeps a payment readable for so long, against fraud. */
const READABLE_SECONDS = 90 * 86_400;

/** Why a job cannot run. With `fix`, what can be ended is no error: running the job ends it. */
export function errorsOf(
  world: World,
  { objects, validation_behavior: behavior }: RedactionJob,
): RedactionError[] {
  const of = <T extends { customer: string | null }>(all: Record<string, T>) =>
    Object.values(all).filter(({ customer }) => objects.customers.includes(customer ?? ""));
  const error = (type: string, id: string, message: string): RedactionError => ({
    ...{ id: `prjerr_${id}`, object: "privacy.redaction_job_validation_error", code: "invalid_state" },
    ...{ erroring_object: { id, object_type: type }, message },
  });
  const charges = of(world.state.charges);
  const chargeIds = new Set(charges.map(({ id }) => id));
  return [
    ...charges
      .filter(({ created }) => world.now() - created < READABLE_SECONDS)
      .map(({ id }) => error("charge", id, "This charge can be redacted 90 days after it was created.")),
    ...Object.values(world.state.disputes)
      .filter(({ charge, status }) => chargeIds.has(charge) && status !== "won" && status !== "lost")
      .map(({ id }) => error("dispute", id, "This dispute is open.")),
    ...(behavior === "fix" ? [] : of(world.state.invoices))
      .filter(({ status }) => status === "open" || status === "draft")
      .map(({ id }) => error("invoice", id, "This invoice is not settled.")),
    ...of(world.state.subscriptions)
      .filter(({ status }) => status !== "canceled")
      .map(({ id }) => error("subscription", id, "This subscription is not canceled.")),
  ];
}

/** Hides personal data of the customers, of their invoices and of all events about either. */
export function redact(world: World, { objects }: RedactionJob): void {
  const { state } = world;
  for (const id of objects.customers) {
    const customer = state.customers[id];
    if (customer !== undefined) Object.assign(customer, { name: REDACTED, email: REDACTED, ...empty });
    for (const invoice of Object.values(state.invoices)) {
      if (invoice.customer !== id) continue;
      if (invoice.status === "open") voidInvoice(world, invoice);
      Object.assign(invoice, { customer_email: REDACTED, metadata: {} });
    }
    for (const event of Object.values(state.events)) {
      const object: unknown = event.data.object;
      if (typeof object !== "object" || object === null) continue;
      if (Reflect.get(object, "id") !== id && Reflect.get(object, "customer") !== id) continue;
      event.data.object = hidden(object);
    }
  }
}

const empty = { address: null, phone: null, shipping: null, metadata: {} };
const personal = ["name", "email", "customer_email", "customer_name", "phone"];

/** At any depth: a checkout session has the customer's details below its own fields. */
function hidden(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(hidden);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, inner]) => {
      if (name in empty) return [name, name === "metadata" ? {} : null];
      return [name, personal.includes(name) && inner !== null ? REDACTED : hidden(inner)];
    }),
  );
}

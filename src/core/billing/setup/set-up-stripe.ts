import Stripe from "stripe";
import { formatAmount } from "../../../shared/format/money";
import { type PaidPlan, paidPlans, plans } from "../../../shared/plans";
import {
  CENTS_A_UNIT,
  findOverageMeter,
  OVERAGE_EVENT,
  OVERAGE_LOOKUP_KEY,
  OVERAGE_PRODUCT,
} from "../prices/overage-price";
import { CURRENCY, centsOf, lookupKeyOf } from "../prices/plan-prices";
import { knownEvents } from "../webhooks/events";

const APP = "agathaai";

/** Whether we created the object. Anything else in the account is left alone. */
export function isOurs({ metadata }: { metadata: Stripe.Metadata | null }): boolean {
  return metadata?.app === APP;
}

export interface SetUp {
  /** One sentence per thing created or changed; empty when nothing had to change. */
  changes: string[];
  /** Stripe shows it only when the endpoint is created. */
  webhookSecret: string | undefined;
}

export function webhookAddress(appUrl: string): string {
  return new URL("/api/webhooks/stripe", appUrl).href;
}

/**
 * Prepares a Stripe account: products and prices of the plans, meter and price of overage, the customer portal's
 * configuration and the webhook endpoint. A second run changes only what differs. A plan's new price is a new object
 * that takes the lookup key; existing subscribers keep theirs.
 */
export async function setUpStripe(stripe: Stripe, { appUrl }: { appUrl: string }): Promise<SetUp> {
  const changes: string[] = [];
  for (const plan of paidPlans) await setUpPlan(stripe, plan, changes);
  await setUpOverage(stripe, changes);
  await setUpPortal(stripe, appUrl, changes);
  const webhookSecret = await setUpWebhook(stripe, appUrl, changes);
  return { changes, webhookSecret };
}

async function setUpPlan(stripe: Stripe, plan: PaidPlan, changes: string[]): Promise<void> {
  const id = `agatha_${plan}`;
  const name = `AgathaAI ${plans[plan].name}`;
  const metadata = { app: APP, plan };
  const product = await stripe.products.retrieve(id).catch(missing);
  if (product === undefined) {
    await stripe.products.create({ id, name, metadata });
    changes.push(`product ${id} created`);
  } else if (product.name !== name || !product.active) {
    await stripe.products.update(id, { name, metadata, active: true });
    changes.push(`product ${id} updated`);
  }
  const lookup_key = lookupKeyOf(plan);
  const unit_amount = centsOf(plan);
  const { data } = await stripe.prices.list({ lookup_keys: [lookup_key], active: true, limit: 1 });
  if (data[0]?.unit_amount === unit_amount && data[0].currency === CURRENCY) return;
  await stripe.prices.create({
    product: id,
    currency: CURRENCY,
    unit_amount,
    recurring: { interval: "month" },
    lookup_key,
    transfer_lookup_key: true,
    metadata,
  });
  changes.push(`price ${lookup_key} set to ${formatAmount(unit_amount, CURRENCY)} a month`);
}

/** A meter cannot be changed, so it is created once. */
async function setUpOverage(stripe: Stripe, changes: string[]): Promise<void> {
  const name = "AgathaAI tokens beyond the plan";
  const metadata = { app: APP };
  const product = await stripe.products.retrieve(OVERAGE_PRODUCT).catch(missing);
  if (product === undefined) {
    await stripe.products.create({ id: OVERAGE_PRODUCT, name, unit_label: "micro-dollar", metadata });
    changes.push(`product ${OVERAGE_PRODUCT} created`);
  } else if (product.name !== name || !product.active) {
    await stripe.products.update(OVERAGE_PRODUCT, { name, metadata, active: true });
    changes.push(`product ${OVERAGE_PRODUCT} updated`);
  }
  let meter = await findOverageMeter(stripe);
  if (meter === undefined) {
    meter = await stripe.billing.meters.create({
      display_name: name,
      event_name: OVERAGE_EVENT,
      default_aggregation: { formula: "sum" },
      customer_mapping: { type: "by_id", event_payload_key: "stripe_customer_id" },
      value_settings: { event_payload_key: "value" },
    });
    changes.push(`meter ${OVERAGE_EVENT} created`);
  }
  const { data } = await stripe.prices.list({ lookup_keys: [OVERAGE_LOOKUP_KEY], active: true, limit: 1 });
  if (data[0]?.recurring?.meter === meter.id) return;
  await stripe.prices.create({
    product: OVERAGE_PRODUCT,
    currency: CURRENCY,
    unit_amount_decimal: CENTS_A_UNIT,
    recurring: { interval: "month", usage_type: "metered", meter: meter.id },
    lookup_key: OVERAGE_LOOKUP_KEY,
    transfer_lookup_key: true,
    metadata,
  });
  changes.push(`price ${OVERAGE_LOOKUP_KEY} set to a micro-dollar a unit`);
}

async function setUpPortal(stripe: Stripe, appUrl: string, changes: string[]): Promise<void> {
  const wanted = {
    business_profile: { headline: "AgathaAI" },
    default_return_url: new URL("/billing", appUrl).href,
    features: {
      customer_update: { enabled: true, allowed_updates: ["email", "name", "address", "tax_id"] },
      invoice_history: { enabled: true },
      payment_method_update: { enabled: true },
      subscription_cancel: { enabled: true, mode: "at_period_end" },
      // Plans are changed in our own portal, which previews the amount.
      subscription_update: { enabled: false },
    },
    metadata: { app: APP },
  } satisfies Stripe.BillingPortal.ConfigurationCreateParams;
  const { data } = await stripe.billingPortal.configurations.list({ active: true, limit: 100 });
  const found = data.find(isOurs);
  if (found === undefined) {
    await stripe.billingPortal.configurations.create(wanted);
    changes.push("portal configuration created");
    return;
  }
  const drift = driftOf(wanted, found);
  if (drift.length === 0) return;
  await stripe.billingPortal.configurations.update(found.id, wanted);
  changes.push(`portal configuration updated: ${drift.join(", ")}`);
}

/**
 * An endpoint's API version is fixed when it is created, so another version needs a new endpoint. The old one stays
 * until the next run, when the server has the new secret.
 */
async function setUpWebhook(stripe: Stripe, appUrl: string, changes: string[]): Promise<string | undefined> {
  const url = webhookAddress(appUrl);
  const enabled_events = [...knownEvents];
  const { data } = await stripe.webhookEndpoints.list({ limit: 100 });
  const ours = data.filter((endpoint) => endpoint.url === url && isOurs(endpoint));
  const found = ours.find(({ api_version }) => api_version === Stripe.API_VERSION);
  if (found === undefined) {
    const made = await stripe.webhookEndpoints.create({
      url,
      enabled_events,
      api_version: Stripe.API_VERSION,
      metadata: { app: APP },
    });
    changes.push(`webhook endpoint ${url} created for API version ${Stripe.API_VERSION}`);
    for (const { api_version } of ours) {
      changes.push(
        `webhook endpoint of API version ${api_version ?? "by default"} left: run this again when the new secret is in place`,
      );
    }
    return made.secret;
  }
  const drift = driftOf({ enabled_events, status: "enabled" }, found);
  if (drift.length > 0) {
    await stripe.webhookEndpoints.update(found.id, { enabled_events, disabled: false });
    changes.push(`webhook endpoint ${url} updated: ${drift.join(", ")}`);
  }
  for (const old of ours) {
    if (old === found) continue;
    await stripe.webhookEndpoints.del(old.id);
    changes.push(`webhook endpoint of API version ${old.api_version ?? "by default"} removed`);
  }
  return undefined;
}

function missing(error: unknown): undefined {
  if (error instanceof Stripe.errors.StripeError && error.code === "resource_missing") return undefined;
  throw error;
}

/**
 * The paths at which Stripe differs from what we expect, like `features.subscription_cancel.mode`. Fields we do not set
 * are ignored; lists are compared as sets.
 */
export function driftOf(wanted: object, found: object, path = ""): string[] {
  return Object.entries(wanted).flatMap(([name, value]) => {
    const where = path === "" ? name : `${path}.${name}`;
    const there: unknown = Reflect.get(found, name);
    if (Array.isArray(value)) return sameSet(value, there) ? [] : [where];
    if (typeof value === "object" && value !== null) {
      return typeof there === "object" && there !== null ? driftOf(value, there, where) : [where];
    }
    return value === there ? [] : [where];
  });
}

function sameSet(wanted: readonly unknown[], found: unknown): boolean {
  if (!Array.isArray(found) || found.length !== wanted.length) return false;
  return wanted.every((one) => found.includes(one));
}

import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import Stripe from "stripe";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { parseForm } from "./api/form";
import { centsFor } from "./invoices/price-line";
import { startStripe } from "./start-stripe";

const standIn = await startStripe({ port: 0 });
afterAll(() => standIn.stop());

const client = (key: string, url = standIn.url) =>
  new Stripe(key, {
    host: "localhost",
    port: new URL(url).port,
    protocol: "http",
    maxNetworkRetries: 0,
    telemetry: false,
  });
const stripe = client("sk_test_local");
const post = (path: string, body: string, headers: Record<string, string> = {}) =>
  fetch(`${standIn.url}${path}`, {
    method: "POST",
    body,
    headers: {
      authorization: "Bearer sk_test_local",
      "content-type": "application/x-www-form-urlencoded",
      ...headers,
    },
  });

describe("the API", () => {
  it("takes keys of test mode alone", async () => {
    await expect(client("sk_live_x").customers.list()).rejects.toMatchObject({ statusCode: 401 });
    await expect(client("nonsense").customers.list()).rejects.toMatchObject({ statusCode: 401 });
    expect((await stripe.customers.list()).data).toEqual([]);
  });

  it.each([
    ["/v1/customers", "emial=a@b.c", "emial"],
    [
      "/v1/checkout/sessions",
      "mode=subscription&line_items[0][prize]=p&success_url=https://x",
      "line_items[0][prize]",
    ],
    [
      "/v1/billing_portal/configurations",
      "features[invoice_history][on]=true",
      "features[invoice_history][on]",
    ],
    ["/v1/subscriptions/sub_1", "proration_behaviour=none", "proration_behaviour"],
    ["/v1/invoices/create_preview", "subscription_details[item][0][id]=x", "subscription_details[item]"],
  ])("refuses what the SDK does not name: %s %s", async (path, body, param) => {
    const answer = await post(path, body);
    expect(answer.status).toBe(400);
    expect(await answer.json()).toMatchObject({ error: { code: "parameter_unknown", param } });
  });

  it("refuses the lack of what is required, expansions too deep, and unknown calls", async () => {
    const lacking = await post("/v1/products", "metadata[a]=b");
    expect(await lacking.json()).toMatchObject({ error: { code: "parameter_missing", param: "name" } });
    await expect(stripe.subscriptions.list({ expand: ["data.a.b.c.d"] })).rejects.toThrow(
      "more than 4 levels",
    );
    expect((await post("/v1/payouts", "")).status).toBe(404);
    await expect(stripe.customers.retrieve("cus_none")).rejects.toMatchObject({ code: "resource_missing" });
  });

  it("answers a repeated key as the first time, and refuses it for something else", async () => {
    const first = await stripe.customers.create({ email: "a@example.com" }, { idempotencyKey: "k" });
    const again = await stripe.customers.create({ email: "a@example.com" }, { idempotencyKey: "k" });
    expect(again.id).toBe(first.id);
    await expect(
      stripe.customers.create({ email: "b@example.com" }, { idempotencyKey: "k" }),
    ).rejects.toMatchObject({ type: "StripeIdempotencyError", statusCode: 400 });
  });

  it("lists by cursor, each object once, newest first", async () => {
    const email = "many@example.com";
    const made: string[] = [];
    for (let count = 0; count < 7; count++) made.push((await stripe.customers.create({ email })).id);
    const listed: string[] = [];
    for await (const { id } of stripe.customers.list({ email, limit: 3 })) listed.push(id);
    expect(listed).toEqual(made.reverse());
  });
});

describe("meters", () => {
  const now = () => Math.floor(Date.now() / 1_000);
  let meter: string;
  let customer: string;
  beforeAll(async () => {
    const made = await stripe.billing.meters.create({
      display_name: "Usage",
      event_name: "used",
      default_aggregation: { formula: "sum" },
    });
    meter = made.id;
    customer = (await stripe.customers.create({ email: "metered@example.com" })).id;
  });
  const send = (value: string, more: { identifier?: string; timestamp?: number } = {}) =>
    stripe.billing.meterEvents.create({
      event_name: "used",
      payload: { stripe_customer_id: customer, value },
      ...more,
    });
  const day = Math.floor(now() / 86_400) * 86_400;
  const sumOf = async (start_time: number, end_time: number) => {
    const { data } = await stripe.billing.meters.listEventSummaries(meter, {
      customer,
      start_time,
      end_time,
      value_grouping_window: "day",
    });
    return data.map((summary) => [summary.start_time, summary.aggregated_value]);
  };

  it("add up events by day, each identifier once within a day", async () => {
    await send("5", { identifier: "a", timestamp: day - 10 });
    await expect(send("5", { identifier: "a", timestamp: day - 10 })).rejects.toThrow("already exists");
    await send("7", { identifier: "b", timestamp: day - 86_400 });
    await send("8", { identifier: "c", timestamp: day - 86_401 });
    expect(await sumOf(day - 2 * 86_400, day)).toEqual([
      [day - 86_400, 12],
      [day - 2 * 86_400, 8],
    ]);
  });

  it("refuse what is too old, ahead of time, no whole number, or for no meter", async () => {
    await expect(send("1", { timestamp: now() - 36 * 86_400 })).rejects.toThrow("35 days");
    await expect(send("1", { timestamp: now() + 600 })).rejects.toThrow("future");
    await expect(send("1.5")).rejects.toThrow("whole number");
    await expect(
      stripe.billing.meterEvents.create({
        event_name: "unused",
        payload: { stripe_customer_id: customer, value: "1" },
      }),
    ).rejects.toThrow("No active meter");
    await expect(sumOf(day - 1, day)).rejects.toThrow("aligned");
    await expect(
      stripe.billing.meters.create({
        display_name: "Again",
        event_name: "used",
        default_aggregation: { formula: "sum" },
      }),
    ).rejects.toThrow("already an active meter");
  });

  it("price units of a part of a cent, and take no quantity", async () => {
    await stripe.products.create({ id: "plan", name: "Plan" });
    const price = await stripe.prices.create({
      product: "plan",
      currency: "usd",
      unit_amount_decimal: Stripe.Decimal.from("0.0001"),
      recurring: { interval: "month", usage_type: "metered", meter },
    });
    expect(price.unit_amount).toBeNull();
    expect(price.unit_amount_decimal?.toString()).toBe("0.0001");
    const of = standIn.state.prices[price.id];
    if (of === undefined) throw new Error("no such price");
    expect([4_999, 5_000, 1_237_995].map((units) => centsFor(of, units))).toEqual([0, 1, 124]);
  });
});

describe("its memory", () => {
  it("survives a restart", async () => {
    const file = join(mkdtempSync(join(tmpdir(), "agathaai-stripe-")), "stripe.json");
    const first = await startStripe({ port: 0, file });
    const { id } = await client("sk_test_local", first.url).customers.create({ email: "kept@example.com" });
    await first.stop();
    const second = await startStripe({ port: 0, file });
    expect(await client("sk_test_local", second.url).customers.retrieve(id)).toMatchObject({
      email: "kept@example.com",
    });
    await second.stop();
  });
});

describe("its form encoding", () => {
  it("nests objects and lists, and no key reaches a prototype", () => {
    expect(parseForm("a[b][0][c]=1&a[b][1][c]=2&d=&e[0]=x")).toEqual({
      a: { b: [{ c: "1" }, { c: "2" }] },
      d: "",
      e: ["x"],
    });
    parseForm("__proto__[polluted]=yes&a[__proto__][polluted]=yes");
    expect(Object.getOwnPropertyDescriptor(Object.prototype, "polluted")).toBeUndefined();
  });
});

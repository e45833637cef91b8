import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import Stripe from "stripe";
import { afterAll, describe, expect, it } from "vitest";
import { parseForm } from "./form";
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
    expect((await post("/v1/refunds", "")).status).toBe(404);
    await expect(stripe.customers.retrieve("cus_none")).rejects.toMatchObject({ code: "resource_missing" });
  });

  it("answers a repeated key as the first time, and refuses it for something else", async () => {
    const first = await stripe.customers.create({ email: "a@example.com" }, { idempotencyKey: "k" });
    const again = await stripe.customers.create({ email: "a@example.com" }, { idempotencyKey: "k" });
    expect(again.id).toBe(first.id);
    await expect(
      stripe.customers.create({ email: "b@example.com" }, { idempotencyKey: "k" }),
    ).rejects.toMatchObject({ type: "StripeIdempotencyError" });
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

import Stripe from "stripe";
import { afterAll, describe, expect, it } from "vitest";
import { startStripe } from "../start-stripe";
import { Failure } from "./failure";
import { checkParameters, declaredNames } from "./parameters";
import { routes } from "./routes";

const standIn = await startStripe({ port: 0 });
afterAll(() => standIn.stop());

const post = async (path: string, body: string, headers: Record<string, string> = {}) => {
  const answer = await fetch(`${standIn.url}${path}`, {
    method: "POST",
    body,
    headers: {
      authorization: "Bearer sk_test_local",
      "content-type": "application/x-www-form-urlencoded",
      ...headers,
    },
  });
  return { status: answer.status, headers: answer.headers, json: await answer.json() };
};

describe("a parameter", () => {
  it.each(routes.map((route) => [`${route.method} ${route.path}`, route] as const))(
    "that %s does not act on is refused by name",
    (_, { parameters, acts = [] }) => {
      const known = [...acts, "expand"].map((act) => act.replace(/\[.*/, ""));
      const others = declaredNames(parameters).filter((name) => !known.includes(name));
      for (const name of others) {
        expect(() => checkParameters(parameters, { [name]: "1" }, acts), name).toThrow(
          expect.objectContaining({ status: 400, body: expect.objectContaining({ param: name }) }),
        );
      }
      // The SDK knows every parameter that a route claims to implement.
      for (const act of known) expect([...declaredNames(parameters), "expand"]).toContain(act);
    },
  );

  it.each([
    ["/v1/subscriptions/sub_1", "proration_behavior=sometimes", "proration_behavior"],
    ["/v1/subscriptions/sub_1", "payment_behavior=maybe", "payment_behavior"],
    ["/v1/subscriptions/sub_1", "cancel_at=soon", "cancel_at"],
    ["/v1/subscriptions/sub_1", "cancel_at_period_end=1", "cancel_at_period_end"],
    ["/v1/subscriptions/sub_1", "items=si_1", "items"],
    ["/v1/subscriptions/sub_1", "items[0][discounts][0][coupon]=c", "items[0][discounts]"],
    ["/v1/subscriptions/sub_1", "trial_end=now", "trial_end"],
    ["/v1/customers", "balance=much", "balance"],
    ["/v1/customers", "email[0]=a@example.com", "email"],
    ["/v1/customers", "phone=1", "phone"],
    ["/v1/checkout/sessions", "mode=buy&success_url=http://x", "mode"],
    [
      "/v1/checkout/sessions",
      "line_items[0][price]=p&line_items[0][quantity]=one",
      "line_items[0][quantity]",
    ],
    ["/v1/refunds", "reason=regret", "reason"],
    ["/v1/webhook_endpoints", "url=http://x&enabled_events[0]=invoice.payed", "enabled_events[0]"],
  ])(
    "of the wrong type, of no listed value, or beyond a route is refused by name: %s %s",
    async (path, body, param) => {
      const { status, json } = await post(path, body);
      expect(status).toBe(400);
      expect(json.error).toMatchObject({ type: "invalid_request_error", param });
    },
  );

  it("that cannot be known is not let through by its neighbors", () => {
    expect(() =>
      checkParameters(["Customers.d.ts", "CustomerCreateParams"], { emial: "x" }, ["emial"]),
    ).toThrow(Failure);
  });
});

describe("an idempotency key", () => {
  it("replays the refusal once the work had begun, and says that it is a replay", async () => {
    const key = { "idempotency-key": "refused" };
    const body = "customer=cus_none&return_url=http://x";
    await post("/v1/billing_portal/configurations", "features[invoice_history][enabled]=true");
    const first = await post("/v1/billing_portal/sessions", body, key);
    expect(first).toMatchObject({ status: 400, json: { error: { code: "resource_missing" } } });
    const again = await post("/v1/billing_portal/sessions", body, key);
    expect(again.json).toEqual(first.json);
    expect(again.headers.get("idempotent-replayed")).toBe("true");
    expect(first.headers.get("idempotent-replayed")).toBeNull();
  });

  it("is not used up by a call that failed before it began", async () => {
    const key = { "idempotency-key": "typo" };
    expect((await post("/v1/customers", "emial=a@example.com", key)).status).toBe(400);
    expect((await post("/v1/customers", "email=a@example.com", key)).status).toBe(200);
    const other = await post("/v1/customers", "email=b@example.com", key);
    expect(other).toMatchObject({ status: 400, json: { error: { type: "idempotency_error" } } });
  });
});

it("speaks the SDK's API version and no other, and says which", async () => {
  const other = await post("/v1/customers", "email=a@example.com", { "stripe-version": "2020-08-27" });
  expect(other.status).toBe(400);
  expect(other.json.error.message).toContain("2020-08-27");
  const own = await post("/v1/customers", "email=a@example.com", { "stripe-version": Stripe.API_VERSION });
  expect(own.headers.get("stripe-version")).toBe(Stripe.API_VERSION);
});

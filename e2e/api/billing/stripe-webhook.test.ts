import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { signature } from "../../../infra/stand-ins/stripe/deliver";
import { startStripe } from "../../../infra/stand-ins/stripe/start-stripe";
import { startTestProcesses } from "../../../infra/testing/processes/start-test-processes";
import { payOn } from "../../../infra/testing/stripe/hosted-pages";
import { useTestStack } from "../../../infra/testing/use-test-stack";
import { createStripe, setUpStripe } from "../../../src/core/billing";
import { type Api, openApi } from "../../support/client";
import { query } from "../../support/database";
import { type Person, signUp } from "../../support/people";

const SECRET = "whsec_contract";
const standIn = await startStripe({ port: 0 });
await useTestStack({
  STRIPE_SECRET_KEY: "sk_test_local",
  STRIPE_API_BASE: standIn.url,
  STRIPE_WEBHOOK_SECRET: SECRET,
});
const stripe = createStripe({ secretKey: "sk_test_local", apiBase: standIn.url });
let api: Api;
let url: string;

beforeAll(async () => {
  const processes = await startTestProcesses({ server: true });
  api = await openApi(processes);
  url = `${processes.url}/api/webhooks/stripe`;
  await setUpStripe(stripe, { appUrl: processes.url });
  for (const id of Object.keys(standIn.state.endpoints)) standIn.state.endpoint_secrets[id] = SECRET;
});
afterAll(() => standIn.stop());

const event = (id: string) =>
  JSON.stringify(
    { id, object: "event", type: "customer.subscription.updated", data: { object: { customer: "cus_x" } } },
    null,
    2,
  );
const send = async (body: string, header: string | undefined) => {
  const answer = await fetch(url, {
    method: "POST",
    body,
    headers: {
      "content-type": "application/json",
      ...(header === undefined ? {} : { "stripe-signature": header }),
    },
  });
  return { status: answer.status, json: await answer.json() };
};
const ago = (seconds: number) => Math.floor(Date.now() / 1_000) - seconds;

describe("a delivery", () => {
  it("takes effect once: sent again, it is reported as repeated", async () => {
    const body = event("evt_once");
    expect(await send(body, signature(body, SECRET))).toMatchObject({ json: { outcome: "taken" } });
    expect(await send(body, signature(body, SECRET))).toMatchObject({
      status: 200,
      json: { outcome: "repeated" },
    });
  });

  it.each([
    ["forged", (body: string) => [body, signature(body, "whsec_other")] as const],
    ["unsigned", (body: string) => [body, undefined] as const],
    ["changed", (body: string) => [body.replace("cus_x", "cus_y"), signature(body, SECRET)] as const],
    [
      "written another way",
      (body: string) => [JSON.stringify(JSON.parse(body)), signature(body, SECRET)] as const,
    ],
    ["301 seconds old", (body: string) => [body, signature(body, SECRET, ago(301))] as const],
    [
      "a recording with a new time",
      (body: string) => [body, signature(body, SECRET, ago(400)).replace(/t=\d+/, `t=${ago(0)}`)] as const,
    ],
  ])("that is %s is refused and has no effect", async (name, make) => {
    const id = `evt_${name.replaceAll(" ", "_")}`;
    const [body, header] = make(event(id));
    expect(await send(body, header)).toMatchObject({
      status: 400,
      json: { error: { code: "invalid_request" } },
    });
    expect(await query("SELECT id FROM stripe_events WHERE id = $1", [id])).toEqual([]);
  });

  it("is accepted up to 299 seconds old, and only by POST", async () => {
    const body = event("evt_late");
    expect((await send(body, signature(body, SECRET, ago(295)))).status).toBe(200);
    expect((await fetch(url)).status).toBe(405);
  });
});

describe("what it says", () => {
  it("takes effect after the response, once Stripe's current state was read", async () => {
    const body = event("evt_done");
    expect((await send(body, signature(body, SECRET))).status).toBe(200);
    await expect
      .poll(() => query("SELECT 1 FROM stripe_events WHERE id = 'evt_done' AND processed_at IS NOT NULL"))
      .toHaveLength(1);
  });
});

describe("a plan that was paid for", () => {
  it("raises the limits within seconds, with nobody on the page", async () => {
    const person = await signUp(api);
    expect(await requestsAMinute(person)).toBe("10");
    const customer = await stripe.customers.create({ email: person.email });
    await query(
      `INSERT INTO subscriptions (org_id, stripe_customer_id, created_at, updated_at)
       SELECT s.org_id, $2, now(), now() FROM sessions s JOIN refresh_tokens r ON r.session_id = s.id
       WHERE r.token_hash = sha256($1::text::bytea)
       ON CONFLICT (org_id) DO UPDATE SET stripe_customer_id = $2`,
      [person.refreshToken, customer.id],
    );
    const { data } = await stripe.prices.list({ lookup_keys: ["agatha_pro_monthly"] });
    const session = await stripe.checkout.sessions.create({
      mode: "subscription",
      customer: customer.id,
      line_items: [{ price: data[0]?.id ?? "", quantity: 1 }],
      success_url: "http://localhost:3000/billing",
    });
    await payOn(session.url ?? "");
    await expect.poll(() => requestsAMinute(person), { timeout: 10_000, interval: 250 }).toBe("100");
  });
});

async function requestsAMinute(person: Person): Promise<string | null> {
  const reply = await api.call("GET", "/api/v1/me", { as: person.accessToken });
  return reply.headers.get("x-ratelimit-limit-requests");
}

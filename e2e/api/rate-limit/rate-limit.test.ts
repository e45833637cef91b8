import { rateLimitViewSchema } from "@agathaai/core/quota";
import { beforeAll, describe, expect, it } from "vitest";
import { startTestProcesses } from "../../../infra/testing/processes/start-test-processes";
import { useTestStack } from "../../../infra/testing/use-test-stack";
import { type Api, expectRefusal, openApi } from "../../support/client";
import { query } from "../../support/database";
import { customer, makeKey, type Person, setPlan } from "../../support/people";

const stack = await useTestStack();
let api: Api;

beforeAll(async () => {
  api = await openApi(await startTestProcesses({ server: true }));
});

const look = (as: string) => api.get("/api/v1/rate-limit", { as });
const submit = (as: string, more: object = {}) =>
  api.post("/api/v1/inference", { as, body: { model: "gpt-4o", prompt: "Hi", max_tokens: 10, ...more } });

async function agree(person: Person, columns: string): Promise<void> {
  await query(
    `UPDATE subscriptions SET ${columns} WHERE org_id IN (
       SELECT org_id FROM sessions s JOIN refresh_tokens r ON r.session_id = s.id WHERE r.token_hash = sha256($1::text::bytea))`,
    [person.refreshToken],
  );
}

describe("GET /api/v1/rate-limit", () => {
  it("200: returns requests and tokens left, and counts toward neither, however often it is called", async () => {
    const ada = await customer(api, stack);
    await setPlan(ada, "free");
    const key = await makeKey(api, ada, { rpm_limit: 5, scopes: ["inference:write"] });
    await submit(key);
    for (let round = 0; round < 15; round++) {
      const reply = await look(key);
      expect(reply.status).toBe(200);
      expect(reply.json).toMatchObject({
        plan: "free",
        requests: { limit: 10, remaining: 9, window_seconds: 60 },
        key_requests: { limit: 5, remaining: 4, window_seconds: 60 },
        tokens: { limit: 100_000, used: 0 },
      });
      expect(reply.headers.get("x-ratelimit-scope")).toBe("key");
      expect(reply.headers.get("x-ratelimit-limit-requests")).toBe("5");
      expect(reply.headers.get("x-ratelimit-remaining-requests")).toBe("4");
    }
    const { tokens, requests } = rateLimitViewSchema.parse((await look(key)).json);
    expect(tokens.reserved).toBeGreaterThan(0);
    expect(tokens.remaining).toBe(Number(tokens.limit) - tokens.used - tokens.reserved);
    expect(Date.parse(requests.reset_at) - Date.now()).toBeLessThanOrEqual(60_000);
    expect((await look(ada.accessToken)).json).toMatchObject({
      key_requests: null,
      requests: { remaining: 9 },
    });
  });

  it("200 with the limits of the customer's override, which are also the ones applied", async () => {
    const ada = await customer(api, stack);
    await agree(ada, "custom_rpm = 3, custom_monthly_tokens = 1000");
    const key = await makeKey(api, ada);
    expect((await look(key)).json).toMatchObject({
      plan: "enterprise",
      requests: { limit: 3, remaining: 3 },
      tokens: { limit: 1_000, remaining: 1_000 },
    });
    for (let round = 0; round < 3; round++) expect((await submit(key)).status).toBe(202);
    const refused = await submit(key);
    expectRefusal(refused, 429, "rate_limit_exceeded");
    expect(refused.json.error.message).toMatch(/3 per minute.*Enterprise plan|Enterprise plan.*3 per minute/);
    expect(refused.json.error.message).toMatch(/at \d\d:\d\d:\d\d UTC/);
    expect(Number(refused.headers.get("retry-after"))).toBeGreaterThan(0);
    expect(refused.headers.get("x-should-retry")).toBeNull();
    expect((await look(key)).json.requests).toMatchObject({ remaining: 0 });
  });

  it("429 for a used-up quota names the period's limit and end, and says that retrying cannot help", async () => {
    const ada = await customer(api, stack);
    await agree(ada, "custom_monthly_tokens = 100");
    const key = await makeKey(api, ada);
    const refused = await submit(key, { max_tokens: 500 });
    expectRefusal(refused, 429, "quota_exceeded");
    expect(refused.headers.get("x-should-retry")).toBe("false");
    expect(refused.json.error.message).toMatch(/of 100 tokens.*UTC/);
  });

  it("429 for a key's own limit names the key", async () => {
    const ada = await customer(api, stack);
    const key = await makeKey(api, ada, { rpm_limit: 1 });
    await submit(key);
    const refused = await submit(key);
    expectRefusal(refused, 429, "rate_limit_exceeded");
    expect(refused.json.error.message).toContain("this API key");
  });

  it("200 with null on an unlimited plan, 401 without credentials, and 400 for a parameter", async () => {
    const ada = await customer(api, stack);
    const key = await makeKey(api, ada, { scopes: ["models:read"] });
    expect((await look(key)).json).toMatchObject({ tokens: { limit: null, remaining: null } });
    expectRefusal(await api.get("/api/v1/rate-limit"), 401, "missing_credentials");
    expectRefusal(await api.get("/api/v1/rate-limit?x=1", { as: key }), 400, "unknown_parameter", "x");
  });
});

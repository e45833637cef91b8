import { beforeAll, describe, expect, it } from "vitest";
import { startTestProcesses } from "../../../infra/testing/processes/start-test-processes";
import { useTestStack } from "../../../infra/testing/use-test-stack";
import { type Api, expectRefusal, openApi } from "../../support/client";
import { countRows, query } from "../../support/database";
import { customer, makeKey, type Person, setPlan, signUp } from "../../support/people";

const stack = await useTestStack();
let api: Api;
let ada: Person;
let key: string;

beforeAll(async () => {
  api = await openApi(await startTestProcesses({ server: true }));
  ada = await customer(api, stack);
  key = await makeKey(api, ada);
});

const body = { model: "gpt-4o", messages: [{ role: "user", content: "Name an agate." }], max_tokens: 64 };
const quote = (asked: object = body, as: string | undefined = key, headers: Record<string, string> = {}) =>
  api.post("/api/v1/inference/quote", { as, body: asked, headers });

describe("POST /api/v1/inference/quote", () => {
  it("200 with exactly what submitting the same body then holds, and a quote writes no row", async () => {
    const before = await countRows();
    const reply = await quote();
    expect(reply.status).toBe(200);
    expect(reply.json).toMatchObject({ model: "gpt-4o", environment: "live", fits: true });
    expect(await countRows()).toEqual(before);

    const accepted = await api.post("/api/v1/inference", { as: key, body });
    expect(accepted.status).toBe(202);
    const [row] = await query(
      "SELECT reserved_tokens::int AS tokens FROM inference_requests ORDER BY id DESC LIMIT 1",
    );
    expect(row?.tokens).toBe(reply.json.reserved_tokens);
    expect(reply.json.tokens_reserved).toBe(reply.json.reserved_tokens);
    expect((await quote()).json.quota.reserved).toBe(reply.json.tokens_reserved);
  });

  it("eleven quotes in a minute take nothing from the plan's requests per minute", async () => {
    const person = await signUp(api);
    const testKey = await makeKey(api, person, { environment: "test" });
    const replies = await Promise.all(Array.from({ length: 15 }, () => quote(body, testKey)));
    expect(replies.map(({ status }) => status)).toEqual(replies.map(() => 200));
    expect((await quote(body, testKey)).headers.get("x-ratelimit-remaining-requests")).toBe("10");
  });

  it("refuses an Idempotency-Key, because each quote is of its own moment", async () => {
    const headers = { "idempotency-key": "quoted" };
    expectRefusal(await quote(body, key, headers), 400, "invalid_request", "Idempotency-Key");
    expect((await api.post("/api/v1/inference", { as: key, body, headers })).status).toBe(202);
  });

  it("200 with fits false, not 429, when the quota has no headroom", async () => {
    const person = await customer(api, stack);
    await setPlan(person, "free");
    const freeKey = await makeKey(api, person);
    const wide = { ...body, messages: [{ role: "user", content: "a ".repeat(60_000) }] };
    const reply = await quote(wide, freeKey);
    expect(reply.status).toBe(200);
    expect(reply.json).toMatchObject({ fits: false, quota: { limit: 100_000, fits: false } });
    expectRefusal(await api.post("/api/v1/inference", { as: freeKey, body: wide }), 429, "quota_exceeded");
  });

  it("a person with an unverified email gets a quote for the test environment", async () => {
    const person = await signUp(api);
    expect((await quote(body, person.accessToken)).json).toMatchObject({
      environment: "test",
      tokens_reserved: 0,
      key_spend: null,
      fits: true,
    });
  });

  it.each([
    [{ ...body, model: "gpt4o" }, 404, "model_not_found", "model"],
    [{ ...body, max_tokens: 900_000 }, 400, "invalid_request", "max_tokens"],
    [
      {
        ...body,
        model: "gpt-3.5-turbo",
        response_format: { type: "json_schema", json_schema: { name: "a", schema: {} } },
      },
      400,
      "unsupported_parameter",
      "response_format.type",
    ],
    [{ model: "gpt-4o" }, 400, "invalid_request", "messages"],
    [{ ...body, colour: "teal" }, 400, "unknown_parameter", "colour"],
  ] as const)(
    "refuses what submitting refuses, with the same error: %j",
    async (asked, status, code, param) => {
      const reply = await quote(asked);
      expectRefusal(reply, status, code, param);
      const submitted = await api.post("/api/v1/inference", { as: key, body: asked });
      expect({ ...submitted.json.error, request_id: "" }).toEqual({ ...reply.json.error, request_id: "" });
    },
  );

  it("401 without credentials, and 403 without inference:write", async () => {
    expectRefusal(await api.post("/api/v1/inference/quote", { body }), 401, "missing_credentials");
    const reader = await makeKey(api, ada, { scopes: ["inference:read"] });
    expectRefusal(await quote(body, reader), 403, "insufficient_scope");
  });
});

import OpenAI from "openai";
import pg from "pg";
import { describe, expect, it } from "vitest";
import { type Api, expectRefusal } from "../../support/client";
import { query } from "../../support/database";
import { heldTokens, ledgerRow } from "../../support/ledger";
import { customer, makeKey, setPlan } from "../../support/people";
import { useGateway } from "./testing/use-gateway";

/** `POST /v1/embeddings`: OpenAI's own SDK, and what is refused before it costs anything. */

const { stack, api, ada, key } = await useGateway();
const client = (apiKey: string) => new OpenAI({ apiKey, baseURL: `${api.url}/v1` });
const live = client(key);
const test = client(await makeKey(api, ada, { environment: "test" }));

const path = "/v1/embeddings";
const small = "text-embedding-3-small";
const gemini = "gemini-embedding-001";
const input = ["Moss agate", "Fire agate", "Blue lace agate"];
const post = (more: Record<string, unknown> = {}, options: Parameters<Api["post"]>[1] = {}) =>
  api.post(path, { as: key, body: { model: small, input, ...more }, ...options });

describe.each([
  [small, 1_536, "live"],
  [gemini, 3_072, "live"],
  [small, 1_536, "test"],
] as const)("%s through OpenAI's SDK", (model, dimensions, environment) => {
  const openai = () => (environment === "live" ? live : test);

  it(`gives a ${environment} key one vector an input, and the ledger has what the answer says`, async () => {
    // Without encoding_format the SDK asks for base64 and unpacks it.
    const { data, response } = await openai().embeddings.create({ model, input }).withResponse();
    expect(data).toMatchObject({ object: "list", model });
    expect(data.data.map(({ index }) => index)).toEqual([0, 1, 2]);
    for (const { embedding } of data.data) {
      expect(embedding).toHaveLength(dimensions);
      expect(Math.hypot(...embedding)).toBeCloseTo(1, 4);
    }
    expect(data.usage.total_tokens).toBe(data.usage.prompt_tokens);
    expect(response.headers.get("x-ratelimit-limit-requests")).toMatch(/^\d+$/);
    expect(response.headers.get("x-agatha-model")).toBe(model);

    const id = response.headers.get("x-agatha-id") ?? "";
    const row = await ledgerRow(id);
    expect(row).toMatchObject({
      status: "completed",
      billable: environment === "live",
      input_tokens: String(data.usage.prompt_tokens),
      output_tokens: "0",
      estimated: false,
      endpoint: path,
    });
    const { cost } = data.usage as NonNullable<typeof data.usage> & { cost: number };
    expect(Math.round(cost * 1_000_000)).toBe(Number(row.cost_micros));
    if (environment === "test") expect(row.cost_micros).toBe("0");
  });

  it("gives the same numbers as floats, as short as asked", async () => {
    const packed = await openai().embeddings.create({ model, input: "Moss agate", dimensions: 256 });
    const plain = await openai().embeddings.create({
      model,
      input: "Moss agate",
      dimensions: 256,
      encoding_format: "float",
    });
    const [ours] = packed.data;
    const [theirs] = plain.data;
    expect(theirs?.embedding).toHaveLength(256);
    expect(ours?.embedding).toHaveLength(256);
    for (const [index, value] of (theirs?.embedding ?? []).entries()) {
      expect(ours?.embedding[index]).toBeCloseTo(value, 5);
    }
  });
});

describe("what is wrong is refused by name, and costs nothing", () => {
  const cases: [string, Record<string, unknown>, number, string, string][] = [
    ["no input", { input: undefined }, 400, "invalid_request", "input"],
    ["an empty text", { input: ["a", ""] }, 400, "invalid_request", "input[1]"],
    ["too many inputs", { model: gemini, input: Array(101).fill("a") }, 400, "invalid_request", "input"],
    ["too long an input", { input: [Array(8_193).fill(1)] }, 400, "context_length_exceeded", "input[0]"],
    ["too many dimensions", { dimensions: 1_537 }, 400, "invalid_request", "dimensions"],
    ["tokens for Gemini", { model: gemini, input: [1, 2] }, 400, "unsupported_parameter", "input"],
    ["a chat model", { model: "gpt-4o" }, 400, "unsupported_parameter", "model"],
    ["a model that is none", { model: "text-embedding-0" }, 404, "model_not_found", "model"],
    ["chat's list of models", { models: [gemini] }, 400, "unknown_parameter", "models"],
    [
      "a new field of OpenAI's for Gemini",
      { model: gemini, a_new_field: 1 },
      400,
      "unknown_parameter",
      "a_new_field",
    ],
    ["another encoding", { encoding_format: "int8" }, 400, "invalid_request", "encoding_format"],
  ];

  it.each(cases)("%s", async (_name, more, status, code, param) => {
    const before = stack.simulator.calls().total;
    const reply = await post(more);
    expectRefusal(reply, status, code, param);
    expect(reply.headers.get("x-should-retry")).toBe("false");
    expect(reply.headers.get("x-ratelimit-limit-requests")).toMatch(/^\d+$/);
    expect(stack.simulator.calls().total).toBe(before);
  });

  it("and says how the caller's limits stand, though PostgreSQL takes a moment", async () => {
    const bob = await makeKey(api, await customer(api, stack));
    const owner = new pg.Client({ connectionString: stack.databaseUrl });
    await owner.connect();
    try {
      await owner.query("BEGIN");
      await owner.query("LOCK TABLE quota_counters IN ACCESS EXCLUSIVE MODE");
      const refused = post({ input: undefined }, { as: bob });
      await expect
        .poll(async () => (await owner.query("SELECT FROM pg_locks WHERE NOT granted")).rows.length, {
          timeout: 10_000,
        })
        .toBeGreaterThan(0);
      await owner.query("SELECT pg_sleep(0.15)");
      await owner.query("COMMIT");
      const reply = await refused;
      expectRefusal(reply, 400, "invalid_request", "input");
      expect(reply.headers.get("x-ratelimit-limit-requests")).toMatch(/^\d+$/);
    } finally {
      await owner.end();
    }
  });

  it("an embedding model cannot be asked to chat", async () => {
    const body = { model: small, messages: [{ role: "user", content: "Hello" }] };
    const reply = await api.post("/v1/chat/completions", { as: key, body });
    expectRefusal(reply, 400, "unsupported_parameter", "model");
  });

  it("a call without a key, without the scope or outside the key's models is refused", async () => {
    const body = { model: small, input };
    expectRefusal(await api.post(path, { body }), 401, "missing_credentials");
    const reader = await makeKey(api, ada, { scopes: ["models:read"] });
    expectRefusal(await post({}, { as: reader }), 403, "insufficient_scope");
    const narrow = await makeKey(api, ada, { models: [gemini] });
    expectRefusal(await post({}, { as: narrow }), 403, "model_not_allowed", "model");
  });
});

describe("money and limits", () => {
  it("a call that could cost more than x-max-cost is refused before it runs", async () => {
    const dear = await post({ input: "a".repeat(40_000) }, { headers: { "x-max-cost": "0.0001" } });
    expectRefusal(dear, 402, "spend_cap_reached", "x-max-cost");
  });

  it("a key's monthly cap applies to embeddings, and a refused call reserves nothing", async () => {
    const capped = await makeKey(api, ada, { monthly_cap_micros: 10_000 });
    const fits = await post({ input: "a".repeat(40_000) }, { as: capped });
    expect(fits.status, fits.text).toBe(200);
    const dear = await post({ input: Array(20).fill("a".repeat(40_000)) }, { as: capped });
    expect([dear.status, dear.json.error.code]).toEqual([402, "spend_cap_reached"]);
    await expect.poll(heldTokens, { timeout: 15_000 }).toBe(0);
  });

  it("a call that does not fit the month's tokens is refused", async () => {
    const bob = await customer(api, stack);
    await setPlan(bob, "free");
    const reply = await post({ input: Array(100).fill("a".repeat(40_000)) }, { as: await makeKey(api, bob) });
    expect([reply.status, reply.json.error.code]).toEqual([429, "quota_exceeded"]);
    expect(reply.headers.get("x-should-retry")).toBe("false");
  });

  it("a failed call costs nothing, and after many parallel calls nothing stays reserved", async () => {
    const replies = await Promise.all(
      Array.from({ length: 20 }, (_, index) => post(index % 2 === 0 ? {} : { input: "[[sim:400]]" })),
    );
    for (const reply of replies) {
      const { status } = await ledgerRow(reply.headers.get("x-agatha-id") ?? "");
      expect(status).toBe(reply.status === 200 ? "completed" : "failed");
    }
    expect(replies.filter(({ status }) => status === 200)).toHaveLength(10);
    await expect.poll(heldTokens, { timeout: 15_000 }).toBe(0);
  });
});

describe("beside the answer", () => {
  it("a receipt names the call; the end user's id is sent to OpenAI, and a header says where it is not sent", async () => {
    const reply = await post({ user: "ada" });
    expect(reply.headers.get("x-agatha-not-sent")).toBeNull();
    const id = reply.headers.get("x-agatha-id") ?? "";
    const receipt = await api.get(`/v1/generation?id=${id}`, { as: key });
    expect(receipt.json).toMatchObject({
      id,
      status: "completed",
      model: small,
      endpoint: path,
      usage: { input_tokens: reply.json.usage.prompt_tokens, output_tokens: 0 },
      cost_micros: Math.round(reply.json.usage.cost * 1_000_000),
    });
    const kept = await post({ model: gemini, user: "ada" });
    expect(kept.headers.get("x-agatha-not-sent")).toBe("user");
  });

  it("a model that operators have switched off makes no embeddings", async () => {
    const reason = "Its provider is down";
    await query(
      "INSERT INTO model_switches VALUES ('text-embedding-3-large', true, $1, gen_random_uuid(), now())",
      [reason],
    );
    await expect
      .poll(async () => (await post({ model: "text-embedding-3-large" })).json.error?.code, {
        timeout: 15_000,
      })
      .toBe("model_unavailable");
  });
});

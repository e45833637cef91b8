import { beforeAll, describe, expect, it, vi } from "vitest";
import { startTestProcesses } from "../../../infra/testing/processes/start-test-processes";
import { useTestStack } from "../../../infra/testing/use-test-stack";
import { type Api, expectRefusal, openApi } from "../../support/client";
import { query } from "../../support/database";
import { customer, makeKey, type Person } from "../../support/people";

const stack = await useTestStack();
let api: Api;
let ada: Person;

beforeAll(async () => {
  api = await openApi(await startTestProcesses({ server: true }));
  ada = await customer(api, stack);
});

const ids = (reply: { json: { data: { id: string }[] } }) => reply.json.data.map(({ id }) => id);

describe("GET /api/v1/models", () => {
  it("200: a person and a key see the seven promised models and more", async () => {
    const promised = [
      "gpt-4",
      "gpt-3.5-turbo",
      "gpt-4o",
      "gemini-pro",
      "gemini-1.5-pro",
      "deepseek-chat",
      "deepseek-coder",
    ];
    for (const as of [ada.accessToken, await makeKey(api, ada)]) {
      expect(ids(await api.get("/api/v1/models", { as }))).toEqual(expect.arrayContaining(promised));
    }
  });

  it("200: a model has its kind, service tiers, price of long requests and shutdown date", async () => {
    const { json } = await api.get("/api/v1/models", { as: ada.accessToken });
    const model = (id: string) => json.data.find((row) => row.id === id);
    expect(model("gpt-6.1-terra")).toMatchObject({
      kind: "chat",
      input_modalities: ["text", "image"],
      cache_write_price_per_million_micros: 1_250_000,
      long_context: { above_input_tokens: 272_000, output_price_per_million_micros: 7_500_000 },
      service_tiers: [{ name: "default" }, { name: "flex" }, { name: "priority" }],
      shutdown_date: null,
    });
    expect(model("gpt-4o")).toMatchObject({ shutdown_date: "2027-01-14", successor: "gpt-6.1-terra" });
    expect(model("text-embedding-3-small")).toMatchObject({
      kind: "embedding",
      output_modalities: ["embedding"],
      max_output_tokens: 0,
    });
  });

  it("400: a request that asks an embedding model for an answer, with the way to where it belongs", async () => {
    const as = await makeKey(api, ada);
    const body = { model: "text-embedding-3-small", prompt: "Hello" };
    const refused = await api.post("/api/v1/inference", { as, body });
    expectRefusal(refused, 400, "unsupported_parameter", "model");
    expect(refused.text).toContain("/v1/embeddings");
  });

  it("200: a key restricted to certain models sees only those", async () => {
    const as = await makeKey(api, ada, { models: ["deepseek-chat"] });
    expect(ids(await api.get("/api/v1/models", { as }))).toEqual(["deepseek-chat"]);
  });

  it("a model that is turned off stays in the list as unavailable, and requests to it get 503 without a retry", async () => {
    const as = await makeKey(api, ada);
    const listed = async () => {
      const { json } = await api.get("/api/v1/models", { as });
      return json.data.find(({ id }) => id === "gpt-4o")?.available;
    };
    const ask = () => api.post("/api/v1/inference", { as, body: { model: "gpt-4o", prompt: "Hello" } });
    expect(await listed()).toBe(true);
    await query(
      "INSERT INTO model_switches VALUES ('gpt-4o', true, 'Its provider is down', gen_random_uuid(), now())",
    );
    await vi.waitFor(async () => expect(await listed()).toBe(false), { timeout: 30_000, interval: 250 });
    const refused = await ask();
    expectRefusal(refused, 503, "model_unavailable", "model");
    expect(refused.headers.get("x-should-retry")).toBe("false");
    expect(refused.text).not.toContain("Its provider is down");
    await query("UPDATE model_switches SET off = false");
    await vi.waitFor(async () => expect((await ask()).status).toBe(202), { timeout: 30_000, interval: 250 });
  });

  it("401 without credentials, 403 without the scope, and 400 for an unknown parameter", async () => {
    expectRefusal(await api.get("/api/v1/models"), 401, "missing_credentials");
    const as = await makeKey(api, ada, { scopes: ["inference:read"] });
    expectRefusal(await api.get("/api/v1/models", { as }), 403, "insufficient_scope");
    expectRefusal(
      await api.get("/api/v1/models?page=5", { as: ada.accessToken }),
      400,
      "unknown_parameter",
      "page",
    );
  });
});

describe("GET /api/v1/me", () => {
  it("200 for a person, 401 without a token, and API keys are refused", async () => {
    expect((await api.get("/api/v1/me", { as: ada.accessToken })).json.user.email).toBe(ada.email);
    expectRefusal(await api.get("/api/v1/me"), 401, "missing_credentials");
    expectRefusal(await api.get("/api/v1/me", { as: await makeKey(api, ada) }), 403, "insufficient_scope");
  });
});

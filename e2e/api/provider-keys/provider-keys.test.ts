import { beforeAll, describe, expect, it } from "vitest";
import {
  startTestProcesses,
  type TestProcesses,
} from "../../../infra/testing/processes/start-test-processes";
import { useTestStack } from "../../../infra/testing/use-test-stack";
import { type Api, expectRefusal, openApi } from "../../support/client";
import { countRows } from "../../support/database";
import { customer, makeKey, type Person } from "../../support/people";

// Nothing listens on this port: DeepSeek cannot be reached.
const stack = await useTestStack({ DEEPSEEK_BASE_URL: "http://127.0.0.1:9", LOG_LEVEL: "debug" });
let processes: TestProcesses;
let api: Api;
let ada: Person;

beforeAll(async () => {
  processes = await startTestProcesses({ server: true });
  api = await openApi(processes);
  ada = await customer(api, stack);
});

const path = "/api/v1/provider-keys";
const add = (body: object, as = ada.accessToken) => api.post(path, { as, body });
const foreign = "pky_01m844dwt2e7xshsqpzrgk79p6";

describe("provider keys over the API", () => {
  it.each(["openai", "gemini"])("201: a key that %s accepts, asked with that key", async (provider) => {
    const reply = await add({ provider, api_key: `sk-${provider}-of-ada-abcd`, fallback: true });
    expect(reply.status, reply.text).toBe(201);
    expect(reply.json).toMatchObject({ provider, last_four: "abcd", position: 1, fallback: true });
    expect(reply.text).not.toContain("of-ada");
  });

  it.each(["openai", "gemini"])("400 invalid_request: a key that %s refuses", async (provider) => {
    const before = await countRows();
    const reply = await add({ provider, api_key: "sk-invalid-canary7" });
    expectRefusal(reply, 400, "invalid_request", "api_key");
    expect(reply.json.error.message).toMatch(/refused this key/);
    expect(await countRows()).toEqual(before);
    expect(reply.text + JSON.stringify([...reply.headers]) + processes.server?.logs()).not.toContain(
      "canary7",
    );
  });

  it.each<[string, object, string, string]>([
    ["no provider", { api_key: "sk-long-enough" }, "invalid_request", "provider"],
    ["an unknown provider", { provider: "acme", api_key: "sk-long-enough" }, "invalid_request", "provider"],
    ["no key", { provider: "openai" }, "invalid_request", "api_key"],
    ["a short key", { provider: "openai", api_key: "sk" }, "invalid_request", "api_key"],
    [
      "a header in the key",
      { provider: "openai", api_key: "sk-a\r\nx-evil: 1" },
      "invalid_request",
      "api_key",
    ],
    [
      "an unknown field",
      { provider: "openai", api_key: "sk-long-enough", base_url: "http://169.254.169.254" },
      "unknown_parameter",
      "base_url",
    ],
  ])("400: %s", async (_name, body, code, param) => {
    expectRefusal(await add(body), 400, code, param);
  });

  it("200: listed, changed, rotated and deleted; then 404", async () => {
    const grace = await customer(api, stack);
    const as = grace.accessToken;
    const { id } = (await add({ provider: "openai", api_key: "sk-first-0001" }, as)).json;
    await add({ provider: "openai", api_key: "sk-second-0002" }, as);
    const moved = await api.call("PATCH", `${path}/${id}`, { as, body: { position: 2, fallback: true } });
    expect(moved.json).toMatchObject({ position: 2, fallback: true });
    const rotated = await api.post(`${path}/${id}/rotate`, { as, body: { api_key: "sk-third-0003" } });
    expect(rotated.status).toBe(201);
    expect(rotated.json).toMatchObject({ last_four: "0003", position: 2 });
    const listed = await api.get(path, { as });
    expect(listed.json.data).toHaveLength(2);
    expect(listed.text).not.toMatch(/sk-(first|second|third)/);
    const gone = await api.delete(`${path}/${id}`, { as });
    expect(gone.json).toEqual({ id, object: "provider_key", deleted: true });
    expectRefusal(await api.delete(`${path}/${id}`, { as }), 404, "not_found", "id");
    expectRefusal(await api.call("PATCH", `${path}/${foreign}`, { as, body: {} }), 404, "not_found", "id");
    expectRefusal(
      await api.post(`${path}/${foreign}/rotate`, { as, body: { api_key: "sk-of-nobody" } }),
      404,
      "not_found",
      "id",
    );
    expectRefusal(await api.delete(`${path}/key_x`, { as }), 400, "invalid_id", "id");
  });

  it("401 and 403: nobody without credentials, and no API key", async () => {
    expectRefusal(await api.get(path), 401, "missing_credentials");
    const key = await makeKey(api, ada);
    expectRefusal(await api.get(path, { as: key }), 403, "insufficient_scope");
    expectRefusal(
      await add({ provider: "openai", api_key: "sk-long-enough" }, key),
      403,
      "insufficient_scope",
    );
  });

  it("503 provider_unavailable: a provider that does not answer stores nothing", async () => {
    const before = await countRows();
    const reply = await add({ provider: "deepseek", api_key: "sk-canary8-untested" });
    expectRefusal(reply, 503, "provider_unavailable");
    expect(processes.server?.logs()).not.toContain("canary8");
    expect(await countRows()).toEqual(before);
  });
});

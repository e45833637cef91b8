import OpenAI from "openai";
import { beforeAll, expect, it } from "vitest";
import { startTestProcesses } from "../../../infra/testing/processes/start-test-processes";
import { useTestStack } from "../../../infra/testing/use-test-stack";
import { generateKeySecret } from "../../../src/core/keys";
import { type Api, expectRefusal, openApi } from "../../support/client";
import { customer, type Person } from "../../support/people";

/** This server is the EU's cell; keys without a code are of the first, the US's. */
const stack = await useTestStack({
  CELL: "eu",
  CELLS: "us=https://us.example.com|United States,eu=http://localhost:3000|Europe",
});
let api: Api;
let ada: Person;

beforeAll(async () => {
  api = await openApi(await startTestProcesses({ server: true }));
  ada = await customer(api, stack);
});

const foreign = generateKeySecret("live", "us");
const older = generateKeySecret("live");
const unknown = generateKeySecret("live", "ap");
const chat = { model: "gpt-4o", messages: [{ role: "user", content: "Hi" }] } as const;

it.each([
  ["a key with another region's code", foreign],
  ["a key from before there were regions", older],
])("421 on every way in names the host for %s", async (_what, key) => {
  const replies = [
    await api.get("/api/v1/models", { as: key }),
    await api.get("/api/v1/models", { headers: { "x-api-key": key } }),
    await api.post("/api/v1/inference", { as: key, body: { model: "gpt-4o", prompt: "Hi" } }),
    await api.post("/v1/chat/completions", { as: key, body: chat }),
    await api.post("/v1/chat/completions", {
      headers: { "x-api-key": key },
      body: { ...chat, stream: true },
    }),
    await api.post("/v1/embeddings", { as: key, body: { model: "text-embedding-3-small", input: "Hi" } }),
    await api.get("/v1/models", { as: key }),
  ];
  for (const reply of replies) {
    expect(reply.status, reply.text).toBe(421);
    expect(reply.text).toContain("wrong_region");
    expect(reply.text).toContain("https://us.example.com");
    expect(reply.headers.get("x-should-retry")).toBe("false");
  }
});

it("421 without a host for a code that no region has, and never a 401", async () => {
  const reply = await api.get("/api/v1/models", { as: unknown });
  expectRefusal(reply, 421, "wrong_region");
  expect(reply.json.error.message).not.toContain("http");
});

it("an OpenAI SDK tells its user the host, and asks once", async () => {
  let asked = 0;
  const sdk = new OpenAI({
    apiKey: foreign,
    baseURL: `${api.url}/v1`,
    fetch: (url, init) => {
      asked += 1;
      return fetch(url, init);
    },
  });
  const failure = await sdk.chat.completions
    .create({ ...chat, messages: [...chat.messages] })
    .catch((error) => error);
  expect(failure).toBeInstanceOf(OpenAI.APIError);
  expect(failure).toMatchObject({ status: 421, code: "wrong_region" });
  expect(failure.message).toContain("set the base URL to https://us.example.com/v1");
  expect(asked).toBe(1);
});

it("421 for a token that another region issued; 401 for one that nobody did", async () => {
  const tokenOf = (iss: string) => {
    const part = (value: object) => Buffer.from(JSON.stringify(value)).toString("base64url");
    return `${part({ alg: "RS256", typ: "at+jwt", kid: "x" })}.${part({ iss, sub: "usr_x" })}.c2ln`;
  };
  const reply = await api.get("/api/v1/models", { as: tokenOf("https://us.example.com") });
  expectRefusal(reply, 421, "wrong_region");
  expect(reply.json.error.message).toContain("https://us.example.com");
  for (const iss of ["https://us.example.com.evil.example", "http://localhost:3000"]) {
    expectRefusal(await api.get("/api/v1/models", { as: tokenOf(iss) }), 401, "invalid_access_token");
  }
});

it("a key found in public is revoked only by its own region, and the finder is told so", async () => {
  const key = (
    await api.post("/api/v1/keys", { as: ada.accessToken, body: { name: "x", environment: "test" } })
  ).json;
  expect(key.secret).toMatch(/^agt_test_eu_/);
  expect((await api.get("/api/v1/models", { as: key.secret })).status).toBe(200);
  const report = await api.post("/api/v1/leaked-keys", { body: { keys: [foreign, key.secret] } });
  expect(report.json.data.map(({ status }) => status)).toEqual(["other_region", "revoked"]);
});

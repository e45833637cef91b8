import { loginToPortal, verifyAccessToken } from "@agathaai/core/accounts";
import { fromPublicId } from "@agathaai/core/platform";
import { db } from "@agathaai/core/platform/db/client";
import { beforeAll, beforeEach, describe, expect, it } from "vitest";
import { writePortalCookie } from "@/server/auth/portal-cookie";
import { principalOf } from "../../../infra/testing/make-user";
import { startTestProcesses } from "../../../infra/testing/processes/start-test-processes";
import { until } from "../../../infra/testing/until";
import { useTestStack } from "../../../infra/testing/use-test-stack";
import { type Api, expectRefusal, openApi, type Reply } from "../../support/client";
import { signInAgain } from "../../support/customer";
import { join } from "../../support/members";
import { customer, makeKey, type Person } from "../../support/people";
import { connectApp, signAppToken } from "../../support/tokens/app-token";
import { startProvider } from "./provider";

/** OpenAI, Gemini and DeepSeek anywhere in the world, and OpenAI in the EU. */
const world = await startProvider();
const eu = await startProvider();
const stack = await useTestStack({
  OPENAI_BASE_URL: `${world.url}/v1`,
  OPENAI_API_KEY: "sk-world",
  GEMINI_BASE_URL: world.url,
  DEEPSEEK_BASE_URL: world.url,
  OPENAI_EU_BASE_URL: `${eu.url}/v1`,
  OPENAI_EU_API_KEY: "sk-eu",
});
/** Five seconds are promised, and a busy machine takes its own. */
const HEARD_MS = 20_000;

let api: Api;
let owner: Person;
let key: string;

beforeAll(async () => {
  api = await openApi(await startTestProcesses({ server: true, workers: 1 }));
  owner = await customer(api, stack);
  key = await makeKey(api, owner);
}, 120_000);
beforeEach(() => {
  world.callers.length = 0;
  eu.callers.length = 0;
});

const path = "/api/v1/organization/data-policy";
const setResidency = (residency: "eu" | null, person = owner) =>
  api.call("PATCH", path, { as: person.accessToken, body: { residency } });
const chat = (model: string, more: object = {}) => ({
  model,
  messages: [{ role: "user", content: "Hello" }],
  max_tokens: 8,
  ...more,
});
const available = async (as: string): Promise<string[]> => {
  const { json } = await api.get("/v1/models", { as });
  return json.data.filter((model) => model.available).map((model) => model.owned_by);
};

describe("an organization whose data stays in the EU", () => {
  let usedBefore: string;
  beforeAll(async () => {
    usedBefore = key;
    expect((await available(usedBefore)).length).toBeGreaterThan(0);
    expect((await setResidency("eu")).json).toEqual({ residency: "eu", providers_in_eu: ["openai"] });
    // What nobody has used yet is read with the decision, however late the running processes hear of it.
    await signInAgain(api, owner);
    key = await makeKey(api, owner);
  });

  it("is so for a key that was in use when it decided, within seconds", async () => {
    await until(async () => !(await available(usedBefore)).includes("deepseek"), HEARD_MS);
  });

  it("is answered by the endpoint in the EU, and by nobody else, on every way in", async () => {
    const ways = await waysIn("gpt-4o");
    for (const [way, call] of Object.entries(ways)) {
      const reply = await call();
      expect(reply.status, `${way}: ${reply.text}`).toBe(200);
    }
    expect(new Set(eu.callers)).toEqual(new Set(["sk-eu"]));
    expect(eu.callers).toHaveLength(Object.keys(ways).length);
    expect(world.callers).toEqual([]);
  });

  it.each(["deepseek-chat", "gemini-3.5-flash-lite"])(
    "is refused %s on every way in before anything leaves, with status, code and field",
    async (model) => {
      for (const [way, call] of Object.entries(await waysIn(model))) {
        const reply = await call();
        expect(reply.status, `${way}: ${reply.text}`).toBe(403);
        expectRefusal(reply, 403, "region_not_allowed", "model");
      }
      expect([...world.callers, ...eu.callers]).toEqual([]);
    },
  );

  it("is refused embeddings from outside of it, and gets those from inside", async () => {
    const embed = (model: string) => api.post("/v1/embeddings", { as: key, body: { model, input: "Hello" } });
    expectRefusal(await embed("gemini-embedding-001"), 403, "region_not_allowed", "model");
    expect((await embed("text-embedding-3-small")).status).toBe(200);
    expect(eu.callers).toEqual(["sk-eu"]);
    expect(world.callers).toEqual([]);
  });

  it("is refused a call that could fall back to a model outside of it, and the quote of one", async () => {
    const body = chat("gpt-4o", { models: ["deepseek-chat"] });
    const headers = { "x-agatha-fallback": "on" };
    expectRefusal(
      await api.post("/v1/chat/completions", { as: key, body, headers }),
      403,
      "region_not_allowed",
      "models[0]",
    );
    expectRefusal(
      await api.post("/api/v1/inference", { as: key, body, headers }),
      403,
      "region_not_allowed",
      "models[0]",
    );
    expectRefusal(
      await api.post("/api/v1/inference/quote", { as: key, body: chat("deepseek-chat") }),
      403,
      "region_not_allowed",
      "model",
    );
    expect([...world.callers, ...eu.callers]).toEqual([]);
  });

  it("is refused in test mode too, so that a test key shows what a live one gets", async () => {
    const testKey = await makeKey(api, owner, { environment: "test" });
    expectRefusal(
      await api.post("/v1/chat/completions", { as: testKey, body: chat("deepseek-chat") }),
      403,
      "region_not_allowed",
      "model",
    );
  });

  it("sends its own provider keys to the EU only, and cannot add one that would be tested elsewhere", async () => {
    const add = (provider: string) =>
      api.post("/api/v1/provider-keys", {
        as: owner.accessToken,
        body: { provider, api_key: "sk-of-the-customer" },
      });
    expectRefusal(await add("deepseek"), 403, "region_not_allowed", "provider");
    const added = await add("openai");
    expect(added.status, added.text).toBe(201);
    expect((await api.post("/v1/chat/completions", { as: key, body: chat("gpt-4o") })).status).toBe(200);
    expect(new Set(eu.callers)).toEqual(new Set(["sk-of-the-customer"]));
    expect(world.callers).toEqual([]);
    await api.call("DELETE", `/api/v1/provider-keys/${added.json.id}`, { as: owner.accessToken });
  });

  it("sees in both lists of models which are available to it, and why others are not", async () => {
    expect(new Set(await available(key))).toEqual(new Set(["openai"]));
    const { json } = await api.get("/api/v1/models/deepseek-chat", { as: owner.accessToken });
    expect(json).toMatchObject({ available: false, notice: expect.stringContaining("stay in the EU") });
  });
});

describe("an answer stored by the response cache", () => {
  it("from outside of the EU is not used again once data stays in it", async () => {
    const other = await customer(api, stack);
    const as = await makeKey(api, other);
    const call = () =>
      api.post("/v1/chat/completions", { as, body: chat("gpt-4o"), headers: { "x-agatha-cache": "on" } });
    await call();
    await until(async () => (await call()).headers.get("x-agatha-cache") === "hit");
    expect((await setResidency("eu", other)).status).toBe(200);
    await until(async () => !(await available(as)).includes("deepseek"), HEARD_MS);
    expect((await call()).headers.get("x-agatha-cache")).toBe("miss");
    expect(eu.callers).toEqual(["sk-eu"]);
  });
});

describe("data residency", () => {
  it("is changed by owners only, needs the plan to be turned on but not off, and is in the audit log", async () => {
    const other = await customer(api, stack);
    const admin = await join(api, stack, other, "admin");
    expectRefusal(await setResidency("eu", admin), 403, "insufficient_role");
    expect((await setResidency("eu", other)).status).toBe(200);
    const { json } = await api.get("/api/v1/audit?action=org.updated", { as: other.accessToken });
    expect(json.data[0].details).toEqual({ changed: "residency", to: "eu" });
    await db().subscription.updateMany({
      where: { orgId: fromPublicId("org", other.orgId) },
      data: { plan: "free" },
    });
    expect((await setResidency(null, other)).json.residency).toBeNull();
    expectRefusal(await setResidency("eu", other), 403, "plan_required");
  });
});

/** One call of a model on each way in: each kind of credential, whole, as a stream and through the queue. */
async function waysIn(model: string): Promise<Record<string, () => Promise<Reply>>> {
  const principal = await principalOf({ kind: "jwt", ...(await verifyAccessToken(owner.accessToken)) });
  const app = await signAppToken(principal, await connectApp(principal));
  const cookie = (await writePortalCookie(await loginToPortal(db(), { ...owner, ip: null }))).split(
    ";",
    1,
  )[0];
  const complete = (as: string, more = {}) =>
    api.post("/v1/chat/completions", { as, body: chat(model, more) });
  return {
    key: () => complete(key),
    "key, stream": () => complete(key, { stream: true }),
    "key, queue": () =>
      api.post("/api/v1/inference", { as: key, body: chat(model), headers: { prefer: "wait=20" } }),
    "access token": () => complete(owner.accessToken),
    app: () => complete(app),
    "portal’s playground": () =>
      api.post("/v1/chat/completions", {
        body: chat(model),
        headers: { cookie: cookie ?? "", "sec-fetch-site": "same-origin" },
      }),
  };
}

import { eraseKept } from "@agathaai/core/hipaa";
import { fromPublicId } from "@agathaai/core/platform";
import { db } from "@agathaai/core/platform/db/client";
import { storage } from "@agathaai/core/platform/storage";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { startTestProcesses } from "../../../infra/testing/processes/start-test-processes";
import { until } from "../../../infra/testing/until";
import { useTestStack } from "../../../infra/testing/use-test-stack";
import { type Api, expectRefusal, openApi } from "../../support/client";
import { join } from "../../support/members";
import { customer, makeKey, type Person, setPlan } from "../../support/people";
import { kept, nothing } from "./kept";
import { startProvider } from "./provider";

const provider = await startProvider();
const stack = await useTestStack({
  OPENAI_BASE_URL: `${provider.url}/v1`,
  OPENAI_API_KEY: "sk-covered",
  GEMINI_BASE_URL: provider.url,
  DEEPSEEK_BASE_URL: provider.url,
  BAA_PLACES: "openai",
});
let api: Api;

beforeAll(async () => {
  api = await openApi(await startTestProcesses({ server: true, workers: 1 }));
}, 120_000);
beforeEach(() => {
  provider.callers.length = 0;
});
afterAll(() => storage().close());

const path = "/api/v1/organization/hipaa";
const set = (person: Person, body: object) => api.call("PATCH", path, { as: person.accessToken, body });
const turnOn = (person: Person) => set(person, { enabled: true, agreement_version: "2026-11-27" });
const turnOff = (person: Person) => set(person, { enabled: false, reason: "No health data any more" });
const orgOf = (person: Person) => fromPublicId("org", person.orgId);
const chat = (more: object = {}) => ({
  model: "gpt-4o",
  messages: [{ role: "user", content: "The patient’s name is Zephyrine" }],
  max_tokens: 8,
  ...more,
});

/** Once every process knows. */
async function inHipaaMode(person: Person, key: string): Promise<void> {
  expect((await turnOn(person)).status).toBe(200);
  await until(async () => {
    const { json } = await api.get("/api/v1/models/deepseek-chat", { as: key });
    return json.available === false;
  });
}

describe("HIPAA mode", () => {
  it("is turned on by an owner on a plan with it, under the agreement in force, and says who accepted it", async () => {
    const owner = await customer(api, stack);
    const admin = await join(api, stack, owner, "admin");
    expectRefusal(await turnOn(admin), 403, "insufficient_role");
    expectRefusal(
      await set(owner, { enabled: true, agreement_version: "2020-01-01" }),
      409,
      "conflict",
      "agreement_version",
    );
    await setPlan(owner, "plus");
    expectRefusal(await turnOn(owner), 403, "plan_required");
    await setPlan(owner, "enterprise");
    const on = await turnOn(owner);
    expect(on.json).toMatchObject({
      enabled: true,
      kept_before: "erasing",
      agreement: { accepted: { version: "2026-11-27", by: { name: expect.any(String) } } },
      providers_covered: ["openai"],
    });
    const { json } = await api.get("/api/v1/audit?action=org.hipaa_turned_on", { as: owner.accessToken });
    expect(json.data[0].details).toEqual({ agreement_version: "2026-11-27" });
  });

  it("is turned off by an owner alone, with any plan, for a reason that members see, and that is audited", async () => {
    const owner = await customer(api, stack);
    const admin = await join(api, stack, owner, "admin");
    expectRefusal(await turnOff(owner), 409, "conflict", "enabled");
    await turnOn(owner);
    await setPlan(owner, "free");
    expectRefusal(await turnOff(admin), 403, "insufficient_role");
    expect((await set(owner, { enabled: false })).status).toBe(400);
    expect((await set(owner, { enabled: false, reason: " " })).status).toBe(400);
    expect((await turnOff(owner)).json).toMatchObject({ enabled: false, since: null, kept_before: null });
    expect((await api.get(path, { as: admin.accessToken })).json.turned_off).toMatchObject({
      reason: "No health data any more",
    });
    const { json } = await api.get("/api/v1/audit?action=org.hipaa_turned_off", { as: owner.accessToken });
    expect(json.data).toHaveLength(1);
    // What is kept from then on is chosen anew: nothing, until the owner says otherwise.
    expect((await api.get("/api/v1/organization/storage", { as: owner.accessToken })).json.storage).toBe(
      "forbidden",
    );
  });

  it("refuses every setting that would keep something", async () => {
    const owner = await customer(api, stack);
    await turnOn(owner);
    const as = owner.accessToken;
    const retention = { retention_days: 30, archive_days: 0 };
    expectRefusal(
      await api.call("PATCH", "/api/v1/organization/retention", { as, body: retention }),
      409,
      "conflict",
      "retention_days",
    );
    expectRefusal(
      await api.call("PATCH", "/api/v1/organization/storage", { as, body: { storage: "on" } }),
      409,
      "conflict",
      "storage",
    );
  });

  it("keeps nothing even where a statement forgets it: the database refuses such a row", async () => {
    const owner = await customer(api, stack);
    await turnOn(owner);
    for (const data of [{ storage: "on" }, { retentionDays: null }, { archiveDays: 30 }])
      await expect(db().organization.update({ where: { id: orgOf(owner) }, data })).rejects.toThrow(
        "organizations_hipaa_keeps_nothing",
      );
  });
});

describe("an organization in HIPAA mode", () => {
  let owner: Person;
  let key: string;
  beforeAll(async () => {
    owner = await customer(api, stack);
    key = await makeKey(api, owner, { cache_ttl_seconds: 3_600 });
    await inHipaaMode(owner, key);
  });
  const complete = (body: object, headers: Record<string, string> = {}) =>
    api.post("/v1/chat/completions", { as: key, body, headers });

  it("is answered, whole and as a stream, and keeps nothing of it", async () => {
    expect((await complete(chat())).status).toBe(200);
    expect((await complete(chat({ stream: true }))).status).toBe(200);
    expectRefusal(await complete(chat({ store: true })), 400, "unsupported_parameter", "store");
    expect(await kept(owner)).toEqual(nothing);
  });

  it("is refused an Idempotency-Key and resumable answers, which would keep what they send again", async () => {
    expectRefusal(
      await complete(chat(), { "idempotency-key": "one" }),
      400,
      "unsupported_parameter",
      "idempotency-key",
    );
    expectRefusal(
      await complete(chat({ stream: true }), { "x-agatha-resumable": "true" }),
      400,
      "unsupported_parameter",
      "x-agatha-resumable",
    );
    expect(provider.callers).toEqual([]);
    expect(await kept(owner)).toEqual(nothing);
  });

  it("asks the model each time, whatever a call or its key says of the cache", async () => {
    for (const headers of [{}, { "x-agatha-cache": "on" }, { "x-agatha-cache": "on" }]) {
      const reply = await complete(chat(), headers);
      expect(reply.status).toBe(200);
      expect(reply.headers.get("x-agatha-cache")).toBeNull();
    }
    expect(provider.callers).toHaveLength(3);
    expect(await kept(owner)).toEqual(nothing);
  });

  it("has the prompt of a queued request destroyed with its end, and its answer an hour later", async () => {
    const metadata = { patient: "Zephyrine" };
    const { json } = await api.post("/api/v1/inference", {
      as: key,
      body: { ...chat(), metadata },
      headers: { prefer: "wait=20" },
    });
    expect(json).toMatchObject({ status: "completed", output: { content: "Agate" } });
    expect(await kept(owner)).toMatchObject({ prompts: 0, answers: 1 });
    const again = await api.get(`/api/v1/inference/${json.id}/result`, { as: key });
    expect(again.json).toMatchObject({ output: { content: "Agate" } });
    expect(again.json).not.toHaveProperty("content_expired");
    await db().organization.update({ where: { id: orgOf(owner) }, data: { hipaaErasedAt: null } });
    await eraseKept(db(), { clock: { now: () => new Date(Date.now() + 3_700_000) } });
    expect(await kept(owner)).toEqual(nothing);
    const gone = await api.get(`/api/v1/inference/${json.id}/result`, { as: key });
    expect(gone.json).toMatchObject({ output: null, content_expired: true });
  });

  it("tells webhooks of a request without its prompt and answer", async () => {
    const { json } = await api.post("/api/v1/webhooks", {
      as: owner.accessToken,
      body: { url: "https://example.com/hook", events: ["inference.completed"] },
    });
    expect(json.id).toMatch(/^whe_/);
    await api.post("/api/v1/inference", { as: key, body: chat(), headers: { prefer: "wait=20" } });
    const [delivery] = await db().webhookDelivery.findMany({ where: { orgId: orgOf(owner) } });
    expect(JSON.stringify(delivery?.payload)).toContain("inf_");
    expect(JSON.stringify(delivery?.payload)).not.toMatch(/Zephyrine|Agate/);
  });

  it.each(["deepseek-chat", "gemini-3.5-flash-lite"])(
    "is refused %s, whose provider no agreement covers, before anything leaves",
    async (model) => {
      const body = chat({ model });
      const ways = {
        whole: () => complete(body),
        stream: () => complete({ ...body, stream: true }),
        "app or person": () => api.post("/v1/chat/completions", { as: owner.accessToken, body }),
        queue: () => api.post("/api/v1/inference", { as: key, body }),
        quote: () => api.post("/api/v1/inference/quote", { as: key, body }),
      };
      for (const [way, call] of Object.entries(ways)) {
        const reply = await call();
        expect(reply.status, `${way}: ${reply.text}`).toBe(403);
        expectRefusal(reply, 403, "provider_not_covered", "model");
      }
      const fallback = await complete(chat({ models: [model] }), { "x-agatha-fallback": "on" });
      expectRefusal(fallback, 403, "provider_not_covered", "models[0]");
      const embedding = { model: "gemini-embedding-001", input: "Zephyrine" };
      expectRefusal(
        await api.post("/v1/embeddings", { as: key, body: embedding }),
        403,
        "provider_not_covered",
        "model",
      );
      const own = { provider: "deepseek", api_key: "sk-of-the-customer" };
      expectRefusal(
        await api.post("/api/v1/provider-keys", { as: owner.accessToken, body: own }),
        403,
        "provider_not_covered",
        "provider",
      );
      expect(provider.callers).toEqual([]);
    },
  );
});

describe("what was kept before", () => {
  it("is erased when HIPAA mode is turned on: history, kept and cached answers, archives and exports", async () => {
    const owner = await customer(api, stack);
    const key = await makeKey(api, owner);
    const complete = (headers: Record<string, string>, more: object = {}) =>
      api.post("/v1/chat/completions", { as: key, body: chat(more), headers });
    const stored = await complete({}, { store: true, metadata: { patient: "Zephyrine" } });
    await complete({ "idempotency-key": "one" });
    await complete({ "x-agatha-cache": "on" });
    await api.post("/api/v1/inference", { as: key, body: chat(), headers: { prefer: "wait=20" } });
    const exported = await api.post("/api/v1/organization/exports", { as: owner.accessToken, body: {} });
    expect(exported.status, exported.text).toBe(202);
    await until(async () => {
      const { prompts = 0, cached = 0, exports = 0 } = await kept(owner);
      return prompts === 2 && cached === 1 && exports === 1;
    });
    expect(await kept(owner)).toMatchObject({ answers: 2, metadata: 1, generations: 2 });

    await inHipaaMode(owner, key);
    const later = { now: () => new Date(Date.now() + 3_700_000) };
    await until(async () => {
      await eraseKept(db(), { clock: later });
      return (await api.get(path, { as: owner.accessToken })).json.kept_before === "erased";
    });
    expect(await kept(owner)).toEqual(nothing);
    const id = stored.headers.get("x-agatha-id");
    const detail = await api.get(`/api/v1/history/${id}`, { as: key });
    expect(detail.json).toMatchObject({ messages: [], output: null, content_expired: true });
  });

  it("is left where the law obliges us to keep it, until the hold ends", async () => {
    const owner = await customer(api, stack);
    const key = await makeKey(api, owner);
    await api.post("/v1/chat/completions", { as: key, body: chat({ store: true }) });
    await until(async () => (await kept(owner)).prompts === 1);
    const hold = {
      subjectType: "org",
      subjectId: orgOf(owner),
      reason: "Case 7",
      placedAt: new Date(),
    } as const;
    await db().legalHold.create({ data: { ...hold, id: orgOf(owner), placedBy: orgOf(owner) } });
    await inHipaaMode(owner, key);
    const later = { now: () => new Date(Date.now() + 3_700_000) };
    await eraseKept(db(), { clock: later });
    expect(await kept(owner)).toMatchObject({ prompts: 1 });
    await db().legalHold.updateMany({
      where: { subjectId: orgOf(owner) },
      data: { releasedAt: new Date(), releasedBy: orgOf(owner) },
    });
    await eraseKept(db(), { clock: later });
    expect(await kept(owner)).toMatchObject({ prompts: 0 });
  });
});

import { keyScopes } from "@agathaai/core/keys";
import { beforeAll, describe, expect, it } from "vitest";
import { rolesWith } from "@/shared/permissions";
import { startTestProcesses } from "../../../infra/testing/processes/start-test-processes";
import { until } from "../../../infra/testing/until";
import { useTestStack } from "../../../infra/testing/use-test-stack";
import { type Api, expectRefusal, openApi } from "../../support/client";
import { query } from "../../support/database";
import { join } from "../../support/members";
import { customer, makeKey, type Person } from "../../support/people";

/** One organization: its owner, two developers and a viewer. Each developer has a key, and one request with it. */
const stack = await useTestStack();
let api: Api;
let owner: Person;
let dev: Person;
let other: Person;
let viewer: Person;
let devKey: string;
let ownerKey: string;
let mine: string;
let theirs: string;
let chat: string;

/** What a developer can give a key by their role. */
const keyless = keyScopes.filter((scope) => rolesWith(scope).includes("developer"));
const wideScopes = [...keyless, "requests:read_all"];
const at = (who: string | Person, path: string) =>
  api.get(path, { as: typeof who === "string" ? who : who.accessToken });
const idsOf = async (who: string | Person, path = "/api/v1/history"): Promise<string[]> =>
  (await at(who, path)).json.data.map(({ id }) => id);

async function ask(as: string): Promise<string> {
  const body = { model: "gpt-4o", prompt: "Hello", max_tokens: 8 };
  const reply = await api.post("/api/v1/inference", { as, body, headers: { prefer: "wait=20" } });
  expect(reply.status, reply.text).toBe(200);
  return reply.json.id;
}

beforeAll(async () => {
  api = await openApi(await startTestProcesses({ server: true, workers: 1 }));
  owner = await customer(api, stack);
  [dev, other, viewer] = [
    await join(api, stack, owner, "developer"),
    await join(api, stack, owner, "developer"),
    await join(api, stack, owner, "viewer"),
  ];
  devKey = await makeKey(api, dev, { scopes: keyless });
  ownerKey = await makeKey(api, owner, { scopes: keyScopes });
  const otherKey = await makeKey(api, other, { scopes: keyless });
  mine = await ask(devKey);
  theirs = await ask(otherKey);
  const called = await api.post("/v1/chat/completions", {
    as: otherKey,
    headers: { "x-agatha-resumable": "true" },
    body: { model: "gpt-4o", messages: [{ role: "user", content: "Hello" }], max_tokens: 8 },
  });
  chat = called.json.id;
}, 120_000);

describe("a developer", () => {
  it("lists the requests of own keys only; the owner, a viewer and a key with requests:read_all list all", async () => {
    expect(await idsOf(dev)).toEqual([mine]);
    expect(await idsOf(devKey)).toEqual([mine]);
    for (const all of [owner, viewer, ownerKey]) {
      expect((await idsOf(all)).toSorted()).toEqual([mine, theirs, chat].toSorted());
    }
  });

  it("gets the same 404 for somebody else's request as for one that never was, whatever they ask of it", async () => {
    const never = "inf_01jd0q4g5te8tvhz3t1c7x9ncm";
    /** What is answered otherwise for somebody else's: all of it, not the first alone. */
    const told: string[] = [];
    for (const as of [dev.accessToken, devKey]) {
      for (const [method, path] of [
        ["GET", "/api/v1/inference/ID"],
        ["GET", "/api/v1/inference/ID/result"],
        ["GET", "/api/v1/history/ID"],
        ["POST", "/api/v1/inference/ID/cancel"],
        ["DELETE", "/api/v1/history/ID"],
        ["GET", "/v1/generation?id=ID"],
        ["GET", "/v1/generation/proof?id=ID"],
      ] as const) {
        const call = (id: string) => api.call(method, path.replace("ID", id), { as });
        const unknown = await call(never);
        for (const id of [theirs, chat]) {
          const foreign = await call(id);
          const same =
            foreign.status === unknown.status && foreign.json.error?.message === unknown.json.error.message;
          if (!same)
            told.push(`${method} ${path} of a ${id === chat ? "call" : "request"}: ${foreign.status}`);
        }
      }
      for (const path of [`/v1/generations/${chat}`, `/v1/generations/${chat}/stream`]) {
        const { status } = await at(as, path);
        if (status !== 404) told.push(`GET ${path}: ${status}`);
      }
    }
    expect([...new Set(told)]).toEqual([]);
    expect((await at(other, `/v1/generations/${chat}`)).status).toBe(200);
    expect((await at(owner, `/v1/generations/${chat}`)).status).toBe(200);
    expect((await at(dev, `/api/v1/inference/${mine}/result`)).status).toBe(200);
    expect((await at(owner, `/api/v1/inference/${theirs}`)).status).toBe(200);
  });

  it("sees usage of their own, by key and in total, also in the file; the owner sees all of it", async () => {
    const usage = async (who: string | Person, more = "") =>
      (await at(who, `/api/v1/usage?group_by=api_key${more}`)).json;
    for (const who of [dev, devKey]) {
      const { totals, data } = await usage(who);
      expect(totals.requests).toBe(1);
      expect(new Set(data.map(({ group }) => group.id)).size).toBe(1);
      expect((await usage(who, "&interval=hour")).totals.requests).toBe(1);
      expect((await at(who, "/api/v1/usage.csv?group_by=api_key")).text.trim().split("\n")).toHaveLength(2);
    }
    expect((await usage(owner)).totals.requests).toBe(3);
    expect((await usage(viewer)).totals.requests).toBe(3);
  });

  it("turns pages of their own requests, while others make more", async () => {
    const second = await ask(devKey);
    const first = await at(dev, "/api/v1/history?limit=1");
    expect(first.json.data[0].id).toBe(second);
    await ask(ownerKey);
    const next = await at(dev, `/api/v1/history?limit=1&cursor=${first.json.next_cursor}`);
    expect(next.json.data.map(({ id }) => id)).toEqual([mine]);
    expect(next.json.next_cursor).toBeNull();
  });

  it("cannot give a key requests:read_all", async () => {
    const body = { name: "All", environment: "live", scopes: wideScopes };
    const refused = await api.post("/api/v1/keys", { as: dev.accessToken, body });
    expectRefusal(refused, 403, "insufficient_scope", "scopes");
  });

  it("sees with a key what its rotations made", async () => {
    const { json } = await at(dev, "/api/v1/keys");
    const body = { grace: "24h" };
    const id = json.data.find(({ last_four }) => devKey.endsWith(last_four))?.id;
    const rotated = await api.post(`/api/v1/keys/${id}/rotate`, { as: dev.accessToken, body });
    expect(await idsOf(rotated.json.secret)).toContain(mine);
    expect((await at(rotated.json.secret, `/api/v1/inference/${mine}`)).status).toBe(200);
  });
});

describe("the setting that developers see all", () => {
  it("opens everyone's requests to them within five seconds, and takes them back from their keys as well", async () => {
    const set = (developers_see: string, by = owner) =>
      api.call("PATCH", "/api/v1/organization/visibility", { as: by.accessToken, body: { developers_see } });
    expectRefusal(await set("all", dev), 403, "insufficient_role");
    expect((await at(dev, "/api/v1/organization/visibility")).json).toEqual({ developers_see: "own" });
    expect((await set("all")).json).toEqual({ developers_see: "all" });
    await until(async () => (await idsOf(dev)).includes(theirs));
    const wide = await makeKey(api, dev, { scopes: wideScopes });
    expect(await idsOf(wide)).toContain(theirs);
    expect((await set("own")).status).toBe(200);
    await until(async () => !(await idsOf(dev)).includes(theirs));
    expect(await idsOf(wide)).toEqual([]);
    expect(await idsOf(ownerKey)).toContain(theirs);
    const [entry] = await query<{ details: object }>(
      "SELECT details FROM audit_logs WHERE action = 'org.updated' AND details->>'to' = 'own' LIMIT 1",
    );
    expect(entry?.details).toMatchObject({ changed: "developers_see", keys_narrowed: 1 });
  });
});

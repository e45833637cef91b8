import { fromPublicId } from "@agathaai/core/platform";
import { describe, expect, it } from "vitest";
import { expectRefusal } from "../../../support/client";
import { query } from "../../../support/database";
import { customer, makeKey, setPlan } from "../../../support/people";
import { useGateway } from "../testing/use-gateway";
import { ask, cachedCalls } from "./cached-calls";

/** Whose answers a call may find, what its key and organization decide, and what limits hold all the same. */

const gateway = await useGateway();
const { stack, api, ada, key } = gateway;
const { send, sendPlain, hit, asked } = cachedCalls(gateway);

describe("the response cache of an organization", () => {
  it("never gets another tenant's answer, nor one of the other environment", async () => {
    const body = ask();
    await send(body);
    await hit(body);
    const eve = await makeKey(api, await customer(api, stack));
    expect((await send(body, "on", eve)).headers.get("x-agatha-cache")).toBe("miss");
    const test = await makeKey(api, ada, { environment: "test" });
    expect((await send(body, "on", test)).headers.get("x-agatha-cache")).toBe("miss");
    const narrow = await makeKey(api, ada, { models: ["gemini-3.8-flash"] });
    expectRefusal(await send(body, "on", narrow), 403, "model_not_allowed", "model");
  });

  it("counts as a request: a limit per minute holds for hits too", async () => {
    const body = ask();
    await send(body);
    await hit(body);
    const slow = await makeKey(api, ada, { rpm_limit: 2 });
    const statuses = [];
    for (let call = 0; call < 3; call++) statuses.push((await send(body, "on", slow)).status);
    expect(statuses).toEqual([200, 200, 429]);
  });

  it("is answered where the plan's tokens are used up", async () => {
    const bob = await customer(api, stack);
    const his = await makeKey(api, bob);
    const body = ask();
    await send(body, "on", his);
    await hit(body, "on", his);
    await setPlan(bob, "free");
    await expect
      .poll(async () => (await send(ask({ max_tokens: 16_000, model: "gpt-4o" }), undefined, his)).status)
      .toBe(200);
    expect((await send(body, "on", his)).headers.get("x-agatha-cache")).toBe("hit");
  });

  it("is on for a key that has a time of its own, and the header decides otherwise both ways", async () => {
    const keyed = await makeKey(api, ada, { cache_ttl_seconds: 600 });
    const body = ask();
    const first = await send(body, undefined, keyed);
    expect(first.headers.get("x-agatha-cache")).toBe("miss");
    const silent = () => sendPlain(body, keyed);
    await expect.poll(async () => (await silent()).headers.get("x-agatha-cache")).toBe("hit");
    const before = asked();
    expect((await send(body, "off", keyed)).headers.get("x-agatha-cache")).toBeNull();
    expect((await send(body, "refresh", keyed)).headers.get("x-agatha-cache")).toBe("miss");
    const uncached = await sendPlain(body, keyed, { "cache-control": "no-store" });
    expect(uncached.headers.get("x-agatha-cache")).toBeNull();
    expect(asked()).toBe(before + 3);
    // The scope is the organization's: a key without a default finds the same answer where its call asks.
    expect((await send(body, "on")).headers.get("x-agatha-cache")).toBe("hit");
    expect((await sendPlain(body)).headers.get("x-agatha-cache")).toBeNull();
  });

  it("follows a change of its key within seconds: on, off, and in its successor", async () => {
    const made = await api.post("/api/v1/keys", {
      as: ada.accessToken,
      body: { name: "cache", environment: "live" },
    });
    const { id, secret } = made.json;
    const body = ask();
    const outcome = async (as = secret) => (await sendPlain(body, as)).headers.get("x-agatha-cache");
    expect(await outcome()).toBeNull();
    const set = (seconds: number | null) =>
      api.call("PATCH", `/api/v1/keys/${id}`, { as: ada.accessToken, body: { cache_ttl_seconds: seconds } });
    expect((await set(60)).json.cache_ttl_seconds).toBe(60);
    await expect.poll(() => outcome(), { timeout: 10_000 }).toBe("hit");
    expect((await set(null)).json.cache_ttl_seconds).toBeNull();
    await expect.poll(() => outcome(), { timeout: 10_000 }).toBeNull();
    await set(60);
    const next = await api.post(`/api/v1/keys/${id}/rotate`, { as: ada.accessToken, body: {} });
    expect(next.json.cache_ttl_seconds).toBe(60);
    expect(await outcome(next.json.secret)).toBe("hit");
    for (const seconds of [0, 2_592_001, 1.5, "60"]) {
      const refused = await api.call("PATCH", `/api/v1/keys/${next.json.id}`, {
        as: ada.accessToken,
        body: { cache_ttl_seconds: seconds },
      });
      expectRefusal(refused, 400, "invalid_request", "cache_ttl_seconds");
    }
  });

  it("of an organization that forbids storage is answered by the model: nothing is stored, nothing stored is used", async () => {
    const eve = await customer(api, stack);
    const keyed = await makeKey(api, eve, { cache_ttl_seconds: 600 });
    const set = (storage: string) =>
      api.call("PATCH", "/api/v1/organization/storage", { as: eve.accessToken, body: { storage } });
    const body = ask();
    await hit(body, "on", keyed);
    expect((await set("forbidden")).status).toBe(200);
    const outcome = async (cache?: string) => (await send(body, cache, keyed)).headers.get("x-agatha-cache");
    await expect.poll(() => outcome("on"), { timeout: 10_000 }).toBe("off");
    const before = asked();
    for (const cache of ["on", "600", "refresh", undefined]) {
      const reply = await sendPlain(body, keyed, cache === undefined ? {} : { "x-agatha-cache": cache });
      expect(reply.headers.get("x-agatha-cache")).toBe("off");
    }
    expect(asked()).toBe(before + 4);
    expect(
      await query("SELECT count(*) AS count FROM cached_answers WHERE org_id = $1", [
        fromPublicId("org", eve.orgId),
      ]),
    ).toEqual([{ count: "0" }]);
    await set("off");
    await expect.poll(() => outcome("on"), { timeout: 10_000 }).not.toBe("off");
  });

  it("DELETE /api/v1/response-cache: 200, and everything of the organization is asked anew", async () => {
    const body = ask();
    await send(body);
    await hit(body);
    expectRefusal(await api.delete("/api/v1/response-cache", { as: key }), 403, "insufficient_scope");
    expectRefusal(await api.delete("/api/v1/response-cache"), 401, "missing_credentials");
    const purged = await api.delete("/api/v1/response-cache", { as: ada.accessToken });
    expect(purged.json).toEqual({ id: ada.orgId, object: "response_cache", deleted: true });
    expect((await send(body)).headers.get("x-agatha-cache")).toBe("miss");
  });
});

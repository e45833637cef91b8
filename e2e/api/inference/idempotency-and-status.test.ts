import { randomUUID } from "node:crypto";
import { describe, expect, it } from "vitest";
import { expectRefusal } from "../../support/client";
import { countRows, query } from "../../support/database";
import { customer, makeKey } from "../../support/people";
import { ada, api, ask, finished, key, processes, stack, submit } from "./submitting";

describe("Idempotency-Key", () => {
  it("the same key and body get the first response again, and only one request exists", async () => {
    const headers = { "idempotency-key": randomUUID() };
    const first = await submit(ask("Once"), headers);
    const again = await submit(ask("Once"), headers);
    expect([again.status, again.json.id]).toEqual([202, first.json.id]);
    expect(again.headers.get("idempotent-replayed")).toBe("true");
  });

  it("two simultaneous calls with the same key and body create one request", async () => {
    const headers = { "idempotency-key": randomUUID() };
    const replies = await Promise.all(Array.from({ length: 8 }, () => submit(ask("At once"), headers)));
    const ids = new Set(replies.filter(({ status }) => status === 202).map(({ json }) => json.id));
    expect(ids.size).toBe(1);
    for (const reply of replies) expect([202, 409]).toContain(reply.status);
  });

  it("409 idempotency_in_flight while the first call is in progress", async () => {
    const first = await submit(ask("Hold"), { "idempotency-key": "held" });
    await query("UPDATE idempotency_keys SET status = 'in_flight', response = NULL WHERE key = 'held'");
    const reply = await submit(ask("Hold"), { "idempotency-key": "held" });
    expectRefusal(reply, 409, "idempotency_in_flight", "Idempotency-Key");
    expect(first.status).toBe(202);
  });

  it("422 idempotency_mismatch for another body, and nothing is written", async () => {
    const headers = { "idempotency-key": randomUUID() };
    const first = await submit(ask("One"), headers);
    await finished(first.json.id);
    const before = await countRows();
    expectRefusal(await submit(ask("Another"), headers), 422, "idempotency_mismatch", "Idempotency-Key");
    expect(await countRows()).toEqual(before);
  });

  it("the same key of another organization is a different one", async () => {
    const eve = await customer(api, stack);
    const evesKey = await makeKey(api, eve);
    const headers = { "idempotency-key": randomUUID() };
    const mine = await submit(ask("Ours"), headers);
    const hers = await submit(ask("Ours"), headers, evesKey);
    expect(hers.json.id).not.toBe(mine.json.id);
  });

  it.each(["a b", "x".repeat(256)])("400 for %j", async (header) => {
    expectRefusal(
      await submit(ask("Hello"), { "idempotency-key": header }),
      400,
      "invalid_request",
      "Idempotency-Key",
    );
  });
});

describe("GET /api/v1/inference/{id}, its result, and POST …/cancel", () => {
  const unknown = "inf_01m844dwt2emvr8rasx2tvmp16";
  const each = (id: string, as: string | undefined) => [
    api.get(`/api/v1/inference/${id}`, { as }),
    api.get(`/api/v1/inference/${id}/result`, { as }),
    api.post(`/api/v1/inference/${id}/cancel`, { as }),
  ];

  it("404 for an unknown request and for another organization's, which stays untouched", async () => {
    const eve = await customer(api, stack);
    const evesKey = await makeKey(api, eve);
    const { id } = (await submit(ask("[[sim:slow:1500]]"), {}, evesKey)).json;
    const before = await countRows();
    for (const reply of await Promise.all([...each(unknown, key), ...each(id, key)])) {
      expect([reply.status, reply.json.error.code]).toEqual([404, "not_found"]);
    }
    expect({ ...(await countRows()), tokens: 0, usage_ledger: 0 }).toEqual({
      ...before,
      tokens: 0,
      usage_ledger: 0,
    });
    expect((await finished(id, evesKey)).json.status).toBe("completed");
  });

  it("400 invalid_id for an ID that is not a request's", async () => {
    for (const id of [
      "inf_nonsense",
      "key_01m844dwt2emvr8rasx2tvmp16",
      "inf_01KAQ7V5K2E6RT9C3M8W4XZ5HD",
      "%00",
      "%F0%28",
    ]) {
      for (const reply of await Promise.all(each(id, key))) expectRefusal(reply, 400, "invalid_id", "id");
    }
  });

  it("401 without credentials, and 403 without the scope", async () => {
    for (const reply of await Promise.all(each(unknown, undefined)))
      expectRefusal(reply, 401, "missing_credentials");
    const reader = await makeKey(api, ada, { scopes: ["models:read"] });
    for (const reply of await Promise.all(each(unknown, reader)))
      expectRefusal(reply, 403, "insufficient_scope");
  });

  it("canceling stops a running request and bills nothing; a completed one gets 409", async () => {
    const { id } = (await submit(ask("[[sim:slow:8000]]"))).json;
    const cancelled = await api.post(`/api/v1/inference/${id}/cancel`, { as: key });
    expect(cancelled.status).toBe(200);
    const result = await finished(id);
    expect(result.json).toMatchObject({ status: "cancelled", cost_micros: 0 });

    const done = (await submit(ask("Hello"), { prefer: "wait=10" })).json;
    expectRefusal(
      await api.post(`/api/v1/inference/${done.id}/cancel`, { as: key }),
      409,
      "request_not_cancellable",
      "id",
    );
  });
});

describe("keeping prompts to ourselves", () => {
  it("neither logs nor unencrypted columns hold a prompt, an answer or a key", async () => {
    const phrase = `chalcedony ${randomUUID()}`;
    const reply = await submit(ask(phrase, { metadata: { note: phrase } }), { prefer: "wait=10" });
    expect(reply.json.status).toBe("completed");
    await submit(ask("x", { [phrase]: 1 }));
    await api.get(`/api/v1/keys?${phrase}=${phrase}`, { as: ada.accessToken });
    const logs = [processes.server, ...processes.workers].map((process) => process?.logs()).join("");
    expect(logs).toContain(reply.headers.get("x-request-id") ?? "-");
    for (const secret of [phrase, key, ada.accessToken, ada.email, ada.password])
      expect(logs).not.toContain(secret);
    const [row] = await query(
      "SELECT to_jsonb(r)::text AS text FROM inference_requests r ORDER BY id DESC LIMIT 1",
    );
    expect(row?.text).not.toContain(phrase);
  });
});

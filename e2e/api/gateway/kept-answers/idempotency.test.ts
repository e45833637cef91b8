import pg from "pg";
import { beforeEach, describe, expect, it } from "vitest";
import { expectRefusal, type Reply } from "../../../support/client";
import { query } from "../../../support/database";
import { heldTokens, ledgerRow } from "../../../support/ledger";
import { customer, makeKey } from "../../../support/people";
import { startScriptedProvider } from "../../../support/provider/scripted-provider";
import { useGateway } from "../testing/use-gateway";

const provider = await startScriptedProvider();
const { stack, run, api, ada, key } = await useGateway({ workers: 1, env: provider.openAi });

beforeEach(() => provider.play({}));

const chat = "/v1/chat/completions";
const body = { model: "gpt-4o", messages: [{ role: "user", content: "Hello" }], max_tokens: 64 };
let count = 0;
const newKey = () => `attempt-${++count}`;

function post(idempotencyKey: string, more: object = {}, { as = key, path = chat } = {}): Promise<Reply> {
  return api.post(path, { as, body: { ...body, ...more }, headers: { "idempotency-key": idempotencyKey } });
}

const isReplay = (reply: Reply) => reply.headers.get("x-agatha-idempotent-replay");
const ledgerRows = async () => {
  const [row] = await query<{ count: number }>("SELECT count(*)::int AS count FROM usage_ledger");
  return row?.count ?? 0;
};

describe("the same key and the same body again", () => {
  it("get the first answer, to the byte, and cost and call nothing", async () => {
    const name = newKey();
    const first = await post(name);
    expect([first.status, isReplay(first)], first.text).toEqual([200, null]);
    const before = await ledgerRows();
    const again = await post(name);
    expect(isReplay(again)).toBe("true");
    expect([again.status, again.text]).toEqual([first.status, first.text]);
    for (const header of ["x-agatha-id", "x-agatha-model", "content-type"]) {
      expect(again.headers.get(header)).toBe(first.headers.get(header));
    }
    for (const what of ["limit", "remaining", "reset"])
      expect(again.headers.get(`x-ratelimit-${what}-requests`)).toMatch(/^\d+$/);
    expect(again.headers.get("x-request-id")).not.toBe(first.headers.get("x-request-id"));
    expect(provider.calls).toHaveLength(1);
    expect(await ledgerRows()).toBe(before);
    expect(await heldTokens()).toBe(0);
  });

  it("whatever the order of its fields", async () => {
    const name = newKey();
    const first = await post(name);
    const { model, ...others } = body;
    const headers = { "idempotency-key": name };
    const again = await api.post(chat, { as: key, headers, body: { ...others, model } });
    expect([isReplay(again), again.text]).toEqual(["true", first.text]);
  });

  it("stream the first stream again, usage and end included", async () => {
    const name = newKey();
    provider.play({ pieces: 40 });
    const streamed = { stream: true, stream_options: { include_usage: true } };
    const first = await post(name, streamed);
    expect(first.text.endsWith("data: [DONE]\n\n"), first.text).toBe(true);
    expect(first.text).toContain('"cost":');
    const again = await post(name, streamed);
    expect(again.headers.get("content-type")).toMatch(/^text\/event-stream/);
    expect(isReplay(again)).toBe("true");
    expect(again.text).toBe(first.text);
    expect(provider.calls).toHaveLength(1);
  });

  it("get the first embeddings", async () => {
    const name = newKey();
    const as = await makeKey(api, ada, { environment: "test" });
    const post = () =>
      api.post("/v1/embeddings", {
        as,
        headers: { "idempotency-key": name },
        body: { model: "text-embedding-3-small", input: ["one", "two"] },
      });
    const [first, again] = [await post(), await post()];
    expect([first.status, isReplay(again)], first.text).toEqual([200, "true"]);
    expect(again.text).toBe(first.text);
  });

  it("beyond the limit leave no trace, not for a moment", async () => {
    const slow = await makeKey(api, ada, { rpm_limit: 1 });
    expect((await post(newKey(), {}, { as: slow })).status).toBe(200);
    const owner = new pg.Client({ connectionString: stack.databaseUrl });
    await owner.connect();
    const begun = async () => (await owner.query("SELECT id FROM begun")).rows;
    await owner.query(`CREATE TABLE begun (id uuid);
      CREATE FUNCTION note_begun() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
        AS 'BEGIN INSERT INTO begun VALUES (NEW.id); RETURN NEW; END';
      CREATE TRIGGER note_begun AFTER INSERT ON generations FOR EACH ROW EXECUTE FUNCTION note_begun()`);
    try {
      expectRefusal(await post(newKey(), {}, { as: slow }), 429, "rate_limit_exceeded");
      expect(await begun()).toEqual([]);
      await post(newKey());
      expect(await begun()).toHaveLength(1);
    } finally {
      await owner.query(
        "DROP TRIGGER note_begun ON generations; DROP FUNCTION note_begun(); DROP TABLE begun",
      );
      await owner.end();
    }
  });

  it("count as requests, and no tokens", async () => {
    const slow = await makeKey(api, ada, { rpm_limit: 3 });
    const name = newKey();
    const replies = [];
    for (let sent = 0; sent < 4; sent += 1) replies.push(await post(name, {}, { as: slow }));
    expect(replies.map(({ status }) => status)).toEqual([200, 200, 200, 429]);
    expect(provider.calls).toHaveLength(1);
  });
});

describe("a key that is taken", () => {
  it("by another body, or by another endpoint, is refused", async () => {
    const name = newKey();
    await post(name);
    const other = await post(name, { max_tokens: 65 });
    expectRefusal(other, 422, "idempotency_mismatch", "Idempotency-Key");
    const elsewhere = await api.post("/v1/embeddings", {
      as: key,
      headers: { "idempotency-key": name },
      body: { model: "text-embedding-3-small", input: "Hello" },
    });
    expectRefusal(elsewhere, 422, "idempotency_mismatch", "Idempotency-Key");
    expect(provider.calls).toHaveLength(1);
  });

  it("by a call in flight answers 409 with a time; of twenty at once one calls the provider", async () => {
    const name = newKey();
    let answer = () => {};
    provider.play({
      after: new Promise((resolve) => {
        answer = resolve;
      }),
    });
    const answered: Reply[] = [];
    const calls = Array.from({ length: 20 }, async () => answered.push(await post(name)));
    // All but the one that the provider keeps waiting.
    await expect.poll(() => answered.length, { timeout: 30_000 }).toBe(19);
    for (const reply of answered) expectRefusal(reply, 409, "idempotency_in_flight", "Idempotency-Key");
    expect(answered[0]?.headers.get("retry-after")).toBe("1");
    answer();
    await Promise.all(calls);
    expect(answered.at(-1)?.status).toBe(200);
    expect(provider.calls).toHaveLength(1);
    expect(isReplay(await post(name))).toBe("true");
  });

  it("is free in another organization and in the other environment", async () => {
    const name = newKey();
    const first = await post(name);
    const stranger = await makeKey(api, await customer(api, stack));
    const test = await makeKey(api, ada, { environment: "test" });
    for (const as of [stranger, test]) {
      const reply = await post(name, {}, { as });
      expect([reply.status, isReplay(reply)]).toEqual([200, null]);
      expect(reply.headers.get("x-agatha-id")).not.toBe(first.headers.get("x-agatha-id"));
    }
  });

  it("that is malformed is refused by name", async () => {
    const reply = await post("two words");
    expectRefusal(reply, 400, "invalid_request", "Idempotency-Key");
  });
});

describe("a call that cost nothing may be repeated with its key", () => {
  it("where the provider failed, before the first byte and after it", async () => {
    for (const script of [{ status: 500 }, { pieces: 9, breakAfter: 4 }]) {
      const name = newKey();
      provider.play(script);
      const failed = await post(name, { stream: true });
      expect(failed.text).toContain('"error"');
      provider.play({});
      const again = await post(name, { stream: true });
      expect([again.status, isReplay(again)]).toEqual([200, null]);
      expect(again.text).toContain("[DONE]");
      expect(isReplay(await post(name, { stream: true }))).toBe("true");
    }
  });

  it("where it was refused", async () => {
    const name = newKey();
    const slow = await makeKey(api, ada, { rpm_limit: 1 });
    await post(newKey(), {}, { as: slow });
    expectRefusal(await post(name, {}, { as: slow }), 429, "rate_limit_exceeded");
    const reply = await post(name);
    expect([reply.status, isReplay(reply)]).toEqual([200, null]);
  });

  it("where its process died in the middle, once its call is closed", async () => {
    const name = newKey();
    provider.play({ endless: true, paceMs: 20 });
    const cut = post(name, { stream: true }).catch(() => undefined);
    await expect.poll(() => provider.calls[0]?.sent, { timeout: 60_000 }).toBeGreaterThan(5);
    await run.server?.kill();
    await cut;
    await run.restartServer();
    provider.play({});
    await expect
      .poll(async () => (await post(name, { stream: true })).status, { timeout: 20_000, interval: 500 })
      .toBe(200);
    expect(isReplay(await post(name, { stream: true }))).toBe("true");
    await expect.poll(heldTokens, { timeout: 10_000 }).toBe(0);
  }, 60_000);
});

describe("a caller that hangs up and comes back", () => {
  it("gets the answer that was completed meanwhile, and pays once", async () => {
    const name = newKey();
    provider.play({ pieces: 30, paceMs: 30 });
    const hangUp = new AbortController();
    const first = fetch(api.url + chat, {
      method: "POST",
      signal: hangUp.signal,
      headers: {
        authorization: `Bearer ${key}`,
        "content-type": "application/json",
        "idempotency-key": name,
      },
      body: JSON.stringify({ ...body, stream: true }),
    });
    await (await first).body?.getReader().read();
    hangUp.abort();
    await expect
      .poll(async () => (await post(name, { stream: true })).status, { timeout: 10_000, interval: 200 })
      .toBe(200);
    const again = await post(name, { stream: true });
    expect(isReplay(again)).toBe("true");
    expect(again.text.match(/x{8}/g)).toHaveLength(30);
    expect(provider.calls).toHaveLength(1);
    const row = await ledgerRow(again.headers.get("x-agatha-id") ?? "");
    expect(row).toMatchObject({ status: "completed", estimated: false });
  });
});

it("what is kept of an answer is encrypted", async () => {
  const name = newKey();
  provider.play({ pieces: 3, pieceLength: 64 });
  const reply = await post(name, { stream: true });
  expect(reply.text).toContain("x".repeat(64));
  const parts = await query<{ cipher: Buffer }>("SELECT cipher FROM generation_parts");
  const rows = await query(
    "SELECT to_jsonb(g)::text || to_jsonb(k)::text FROM generations g, idempotency_keys k",
  );
  expect(parts.length).toBeGreaterThan(0);
  for (const { cipher } of parts) expect(cipher.toString("latin1")).not.toContain("xxxxxxxx");
  expect(JSON.stringify(rows)).not.toMatch(/xxxxxxxx|Hello/);
});

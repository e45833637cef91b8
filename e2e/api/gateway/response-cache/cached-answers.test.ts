import { describe, expect, it } from "vitest";
import { assemble, chunksOf } from "../../../support/chat-stream";
import { expectRefusal } from "../../../support/client";
import { heldTokens, ledgerRow } from "../../../support/ledger";
import { useGateway } from "../testing/use-gateway";
import { ask, cachedCalls } from "./cached-calls";

/** What is stored and used again, and what a call can ask for. */

const gateway = await useGateway();
const { api, key } = gateway;
const { send, hit, asked } = cachedCalls(gateway);

const textIn = (text: string) => assemble(chunksOf(text))[0]?.content;

describe("a request that asks for the response cache", () => {
  it("is answered from it the second time: the same answer, its age, no cost, a receipt that says so", async () => {
    const body = ask();
    const first = await send(body);
    expect(first.headers.get("x-agatha-cache")).toBe("miss");
    expect(first.json.usage.cost).toBeGreaterThan(0);
    await hit(body);
    const before = asked();
    const second = await send(body);
    expect(asked()).toBe(before);
    expect(second.headers.get("x-agatha-cache")).toBe("hit");
    expect(Number(second.headers.get("age"))).toBeLessThan(30);
    expect(second.json.choices).toEqual(first.json.choices);
    expect(second.json.id).not.toBe(first.json.id);
    expect(second.json.usage).toMatchObject({ total_tokens: first.json.usage.total_tokens, cost: 0 });
    const row = await ledgerRow(second.json.id);
    expect(row).toMatchObject({
      status: "completed",
      cost_micros: "0",
      input_tokens: "0",
      reserved_tokens: "0",
    });
    const { json } = await api.get(`/v1/generation?id=${second.json.id}`, { as: key });
    expect(json.receipt.cache_age_seconds).toBe(Number(second.headers.get("age")));
    expect(json.attempts).toEqual([]);
    await expect.poll(heldTokens, { timeout: 15_000 }).toBe(0);
  });

  it("is replayed as a stream in OpenAI's chunks, whichever way it was stored, and the reverse", async () => {
    const body = ask();
    const whole = await send(body);
    await hit(body);
    const before = asked();
    const stream = await send({ ...body, stream: true, stream_options: { include_usage: true } });
    expect(stream.headers.get("x-agatha-cache")).toBe("hit");
    expect(textIn(stream.text)).toBe(whole.json.choices[0].message.content);
    expect(stream.text).toMatch(/data: \[DONE\]\n\n$/);
    expect(stream.text).toContain('"finish_reason":"stop"');
    expect(stream.text).toContain('"cost":0');
    expect(asked()).toBe(before);

    const streamed = ask({ stream: true });
    const first = await send(streamed);
    await hit(streamed);
    const again = await send({ ...streamed, stream: false });
    expect(again.headers.get("x-agatha-cache")).toBe("hit");
    expect(again.json.choices[0].message.content).toBe(textIn(first.text));
  });

  it("keeps tool calls through both ways", async () => {
    const tools = [
      { type: "function", function: { name: "weather", parameters: { type: "object", properties: {} } } },
    ];
    const body = ask({ tools, tool_choice: "required" });
    const first = await send({ ...body, stream: true });
    expect(first.status, first.text).toBe(200);
    await hit({ ...body, stream: true });
    const whole = await send(body);
    expect(whole.headers.get("x-agatha-cache")).toBe("hit");
    const [call] = whole.json.choices[0].message.tool_calls;
    expect(call).toMatchObject({ type: "function", function: { name: "weather" } });
    expect(call).not.toHaveProperty("index");
    expect(whole.json.choices[0].finish_reason).toBe("tool_calls");
    const replayed = await send({ ...body, stream: true });
    expect(replayed.text).toContain('"tool_calls":[{"index":0');
  });

  it("asks the model with refresh and no-store; refresh replaces what is stored, no-store stores nothing", async () => {
    const body = ask();
    await send(body);
    await hit(body);
    for (const word of ["refresh", "600, refresh", "no-store", "off"]) {
      const before = asked();
      await send(body, word);
      expect(asked(), word).toBe(before + 1);
    }
    const usual = asked();
    await send(body, "on", key, { "cache-control": "no-cache" });
    await send(body, "on", key, { "cache-control": "no-store" });
    expect(asked()).toBe(usual + 2);
    const never = ask();
    for (let call = 0; call < 3; call++)
      expect((await send(never, "no-store")).headers.get("x-agatha-cache")).toBeNull();
  });

  it("is within any x-max-cost where a stored answer is used, and only there", async () => {
    const body = ask();
    const headers = { "x-max-cost": "0.000001" };
    expectRefusal(await send(body, "on", key, headers), 402, "spend_cap_reached", "x-max-cost");
    await hit(body);
    expect((await send(body, "on", key, headers)).status).toBe(200);
  });

  it("stores no failure, no refused and no cut answer", async () => {
    for (const more of [
      { messages: [{ role: "user", content: "[[sim:500]] cached" }] },
      { messages: [{ role: "user", content: "[[sim:filter]] cached" }] },
      { messages: [{ role: "user", content: "Tell me a very long story that is cut" }], max_tokens: 1 },
      { messages: [{ role: "user", content: "[[sim:half]] cached" }], stream: true },
    ]) {
      const body = ask(more);
      for (let call = 0; call < 3; call++) {
        const reply = await send(body);
        expect(reply.headers.get("x-agatha-cache"), JSON.stringify(more)).not.toBe("hit");
      }
    }
  });

  it("is free for who asks nothing: without the header neither is an answer stored nor used", async () => {
    const body = ask();
    await send(body);
    await hit(body);
    const before = asked();
    const reply = await send(body, "off");
    expect(reply.headers.get("x-agatha-cache")).toBeNull();
    expect(asked()).toBe(before + 1);
  });

  it("works for embeddings", async () => {
    const body = { model: "text-embedding-3-small", input: "Moss agate" };
    const embed = () => api.post("/v1/embeddings", { as: key, body, headers: { "x-agatha-cache": "60" } });
    const first = await embed();
    expect(first.status, first.text).toBe(200);
    await expect.poll(async () => (await embed()).headers.get("x-agatha-cache")).toBe("hit");
    const second = await embed();
    expect(second.json.data).toEqual(first.json.data);
    expect(second.json.usage.cost).toBe(0);
  });

  it.each(["yes", "0", "-1", "2592001", "1.5"])("400: %s is no time", async (word) => {
    expectRefusal(await send(ask(), word), 400, "invalid_request", "x-agatha-cache");
  });
});

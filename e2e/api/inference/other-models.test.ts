import { afterEach, describe, expect, it } from "vitest";
import { expectRefusal } from "../../support/client";
import { query } from "../../support/database";
import { api, ask, finished, key, stack, submit } from "./submitting";

const gemini = "gemini-3.8-flash";
afterEach(() => stack.simulator.behave(null));

describe("a queued request", () => {
  it("is answered by the next of its models while the first is down; with x-agatha-fallback: off by none", async () => {
    stack.simulator.behave("503", { provider: "openai" });
    const { json } = await submit(ask("Which stone is it?", { models: [gemini] }));
    const result = await finished(json.id);
    expect(result.json).toMatchObject({ status: "completed", model: "gpt-4o" });
    const receipt = await api.get(`/v1/generation?id=${json.id}`, { as: key });
    expect(receipt.json).toMatchObject({ model: "gpt-4o", provider: "gemini", status: "completed" });
    expect(receipt.json.attempts.at(-1)).toMatchObject({ model: gemini, outcome: "completed" });
    expect(receipt.json.receipt.reserved_micros).toBeGreaterThanOrEqual(receipt.json.cost_micros);

    const off = { "x-agatha-fallback": "off" };
    const alone = await submit(ask("Which stone is it?", { models: [gemini] }), off);
    expect(alone.status).toBe(202);
    await expect
      .poll(async () => {
        const [row] = await query<{ called: string }>(
          `SELECT attempt_log::text AS called FROM inference_requests ORDER BY created_at DESC LIMIT 1`,
        );
        return row?.called;
      })
      .toContain('"outcome": "retry"');
    const [row] = await query<{ called: string }>(
      `SELECT attempt_log::text AS called FROM inference_requests ORDER BY created_at DESC LIMIT 1`,
    );
    expect(row?.called).not.toContain(gemini);
  });

  it("names what is wrong with its list, and holds nothing for it", async () => {
    expectRefusal(await submit(ask("?", { models: ["gpt-0"] })), 404, "model_not_found", "models[0]");
    expectRefusal(await submit(ask("?", { models: "gpt-4o" })), 400, "invalid_request", "models");
    const five = Array.from({ length: 5 }, () => gemini);
    expectRefusal(await submit(ask("?", { models: five })), 400, "invalid_request", "models");
    const seldom = { "x-agatha-fallback": "sometimes" };
    expectRefusal(await submit(ask("?"), seldom), 400, "invalid_request", "x-agatha-fallback");
    const off = await submit(ask("?", { models: ["gpt-0"] }), { "x-agatha-fallback": "off" });
    expect(off.status, off.text).toBe(202);
  });

  it("is quoted at the most that any of its models can take", async () => {
    const quote = async (more: object, headers = {}) => {
      const reply = await api.post("/api/v1/inference/quote", { as: key, body: ask("Hi", more), headers });
      expect(reply.status, reply.text).toBe(200);
      return reply.json.reserved_micros as number;
    };
    const [alone, dear] = [await quote({}), await quote({ model: "gpt-6.2-astra" })];
    expect(dear).toBeGreaterThan(alone);
    expect(await quote({ models: ["gpt-6.2-astra"] })).toBe(dear);
    expect(await quote({ models: ["gpt-6.2-astra"] }, { "x-agatha-fallback": "off" })).toBe(alone);
  });

  it("says in a header which of its fields no provider is told", async () => {
    const reply = await submit(ask("Hi", { model: "deepseek-flash", user: "ada", seed: 7 }));
    expect(reply.headers.get("x-agatha-not-sent")).toBe("user, seed");
    expect((await submit(ask("Hi", { seed: 7 }))).headers.get("x-agatha-not-sent")).toBeNull();
  });
});

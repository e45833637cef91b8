import { describe, expect, it } from "vitest";
import { startTestProcesses } from "../../../../infra/testing/processes/start-test-processes";
import { expectRefusal, openApi } from "../../../support/client";
import { cutStream } from "../../../support/cut-stream";
import { query } from "../../../support/database";
import { ledgerRow } from "../../../support/ledger";
import { customer, makeKey } from "../../../support/people";
import { startScriptedProvider } from "../../../support/provider/scripted-provider";
import { useGateway } from "../testing/use-gateway";

const provider = await startScriptedProvider();
const { stack, api, ada, key } = await useGateway({ env: provider.openAi });
const other = await startTestProcesses({ server: true, env: provider.openAi });

const body = {
  model: "gpt-4o",
  messages: [{ role: "user", content: "Hello" }],
  max_tokens: 500,
  stream: true,
};
const ask = (resumable: string, signal: AbortSignal) =>
  fetch(`${api.url}/v1/chat/completions`, {
    method: "POST",
    signal,
    headers: {
      authorization: `Bearer ${key}`,
      "content-type": "application/json",
      "x-agatha-resumable": resumable,
    },
    body: JSON.stringify(body),
  });

const cutAfter = async (events: number, resumable = "true"): Promise<string> =>
  (await cutStream(api.url, { key, body, events, resumable })).id;

async function again(id: string): Promise<string> {
  const headers = { authorization: `Bearer ${key}` };
  return await (await fetch(`${api.url}/v1/generations/${id}/stream`, { headers })).text();
}

describe("a call that goes on without its connection", () => {
  it.each(["the process that makes it", "another process"])(
    "ends where its caller asks %s, and is billed for what had come; asking again changes nothing",
    async (which) => {
      provider.play({ pieces: 2_000, paceMs: 30 });
      const id = await cutAfter(5);
      const from = which === "another process" ? await openApi(other) : api;
      const stop = () => from.post(`/v1/generations/${id}/cancel`, { as: key, body: {} });
      const stopped = await stop();
      expect(stopped.json, stopped.text).toMatchObject({ id, status: "cancelled" });
      expect(stopped.json.response.choices[0].message.content).toMatch(/^x/);
      const row = await ledgerRow(id);
      expect(row).toMatchObject({ status: "cancelled", billable: true, estimated: true });
      expect(Number(row.output_tokens)).toBeLessThan(2_000);
      expect(await again(id)).toContain("was ended by its caller");
      expect((await stop()).json).toMatchObject({
        status: "cancelled",
        cost_micros: stopped.json.cost_micros,
      });
    },
  );

  it("is not stopped by a stranger, nor by a key that may only read", async () => {
    provider.play({ pieces: 30, paceMs: 30 });
    const id = await cutAfter(3);
    const path = `/v1/generations/${id}/cancel`;
    const stranger = await makeKey(api, await customer(api, stack));
    expectRefusal(await api.post(path, { as: stranger, body: {} }), 404, "not_found", "id");
    const reader = await makeKey(api, ada, { scopes: ["inference:read"] });
    expectRefusal(await api.post(path, { as: reader, body: {} }), 403, "insufficient_scope");
    expect(await again(id)).toContain("data: [DONE]");
  });

  it("with `begun` does so once its answer has begun: who hangs up before ends it, at no cost", async () => {
    provider.play({ pieces: 40, paceMs: 30 });
    const id = await cutAfter(4, "begun");
    expect(await again(id)).toContain("data: [DONE]");
    expect(await ledgerRow(id)).toMatchObject({ status: "completed" });

    provider.play({ waitMs: 60_000 });
    const hangUp = new AbortController();
    const calls = provider.calls.length;
    const early = ask("begun", hangUp.signal).catch(() => undefined);
    await expect.poll(() => provider.calls.length, { timeout: 60_000 }).toBe(calls + 1);
    hangUp.abort();
    await early;
    await expect
      .poll(
        () =>
          query(
            "SELECT status::text, billable, output_tokens::int FROM usage_ledger ORDER BY settled_at DESC LIMIT 1",
          ),
        { timeout: 60_000 },
      )
      .toMatchObject([{ status: "cancelled", output_tokens: 0 }]);
  });
});

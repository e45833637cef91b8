import { readFile, writeFile } from "node:fs/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startTestProcesses } from "../../infra/testing/processes/start-test-processes";
import { useTestStack } from "../../infra/testing/use-test-stack";
import { openApi } from "../support/client";
import { query } from "../support/database";
import { customer, makeKey } from "../support/people";
import { type Driver, installNodeDrivers, installPythonDriver } from "./install-drivers";
import { startRecorder } from "./recorder";

/**
 * Third-party clients, unmodified except for base URL and key. Their requests are kept in `recorded/` and sent again
 * by `npm test`, which needs none of the clients. `RECORD=1 npm run test:sdks` rewrites the files.
 */

const stack = await useTestStack();
let url: string;
let key: string;

beforeAll(async () => {
  const processes = await startTestProcesses({ server: true });
  const api = await openApi(processes);
  url = processes.url;
  key = await makeKey(api, await customer(api, stack));
});

const node = await installNodeDrivers().catch((error: Error) => error);
const python = await installPythonDriver().catch((error: Error) => error);
const drivers: Record<string, Driver | Error> = {
  "openai-node": node instanceof Error ? node : node("openai-node.mjs"),
  "ai-sdk": node instanceof Error ? node : node("ai-sdk.mjs"),
  langchain: node instanceof Error ? node : node("langchain.mjs"),
  "openai-python": python,
};

const down = { down: "InternalServerError" };

/** Each client's own names for the same refusals. */
const errorNames: Record<string, Record<string, string>> = {
  "openai-node": { key: "AuthenticationError", model: "NotFoundError", field: "BadRequestError", ...down },
  "openai-python": { key: "AuthenticationError", model: "NotFoundError", field: "BadRequestError", ...down },
  langchain: {},
  "ai-sdk": { key: "AI_APICallError", model: "AI_APICallError", field: "AI_APICallError" },
};

describe.each(Object.keys(drivers))("%s", (name) => {
  const driver = drivers[name];
  const why = driver instanceof Error ? `: not installed (${driver.message.split("\n")[0]})` : "";
  const recorded = new URL(`recorded/${name}.json`, import.meta.url);
  let recorder: Awaited<ReturnType<typeof startRecorder>>;

  beforeAll(async () => {
    recorder = await startRecorder(url);
  });
  afterAll(() => recorder.close());

  it.skipIf(driver instanceof Error)(
    `chats, streams, calls tools, answers by a schema, embeds, retries and stops${why}`,
    async () => {
      if (driver === undefined || driver instanceof Error) return;
      const began = new Date();
      const seen = JSON.parse(await driver(`${recorder.url}/v1`, key));
      expect(seen.chat).toEqual({ text: expect.stringMatching(/\S/), tokens: expect.any(Number) });
      expect(seen.streamed.text).toMatch(/\S/);
      expect(seen.streamed.pieces).toBeGreaterThan(2);
      expect(seen.streamed.tokens).toBeGreaterThan(0);
      for (const call of [seen.tool, seen.streamedTool])
        expect(call).toEqual({ name: "weather", args: { city: expect.any(String) } });
      for (const answer of [seen.json, ...("parsed" in seen ? [seen.parsed] : [])])
        expect(answer).toEqual({ kinds: expect.any(Array) });
      expect(seen.embeddings).toEqual([1536, 1536]);
      expect(recorder.retried()).toBe(true);
      expect(seen.retried).toMatch(/\S/);
      expect(seen.aborted.name).not.toMatch(/^nothing/);
      expect(seen.stopped.name).not.toMatch(/^nothing/);
      const statuses = { key: 401, model: 404, field: 400, provider: 400, down: 502 };
      for (const [refusal, status] of Object.entries(statuses))
        expect(seen.errors[refusal]?.status, `${refusal}: ${JSON.stringify(seen.errors)}`).toBe(status);
      expect(seen.errors).toMatchObject(
        Object.fromEntries(
          Object.entries(errorNames[name] ?? {}).map(([refusal, is]) => [refusal, { name: is }]),
        ),
      );
      // The calls that were given up ended upstream too, and are billed by what was delivered: the stream, and not the whole answer.
      await expect
        .poll(() => query("SELECT count(*)::int AS open FROM open_calls"), { timeout: 10_000 })
        .toEqual([{ open: 0 }]);
      expect(stack.simulator.calls().in_flight).toBe(0);
      expect(
        await query(
          `SELECT billable, estimated, (output_tokens > 0) AS delivered FROM usage_ledger
           WHERE status = 'cancelled' AND settled_at >= $1 ORDER BY created_at`,
          [began],
        ),
      ).toEqual([
        { billable: true, estimated: true, delivered: true },
        { billable: false, estimated: false, delivered: false },
      ]);

      const calls = recorder.calls.filter(({ body }) => !/Retry me|sim:stall/.test(JSON.stringify(body)));
      if (process.env.RECORD !== undefined) await writeFile(recorded, `${JSON.stringify(calls, null, 2)}\n`);
      expect(calls).toEqual(JSON.parse(await readFile(recorded, "utf8")));
    },
  );
});

import { beforeAll, expect, it } from "vitest";
import { startTestProcesses } from "../../../infra/testing/processes/start-test-processes";
import { useTestStack } from "../../../infra/testing/use-test-stack";
import { assemble, chunksOf } from "../../support/chat-stream";
import { type Api, openApi } from "../../support/client";
import { customer, makeKey } from "../../support/people";

/** Many tenants ask at once, alike but for a word of their own, which the simulators repeat in what they answer. */

const stack = await useTestStack();
const tenants = ["amethyst", "beryl", "citrine", "diamond"];
const models = ["gpt-4o", "gemini-3.8-flash", "deepseek-flash"];
const ROUNDS = 12;
let api: Api;
const keys = new Map<string, string>();

beforeAll(async () => {
  api = await openApi(await startTestProcesses({ server: true }));
  for (const tenant of tenants) keys.set(tenant, await makeKey(api, await customer(api, stack)));
});

const ask = (tenant: string, model: string, content: string, more: object, signal?: AbortSignal) =>
  fetch(`${api.url}/v1/chat/completions`, {
    method: "POST",
    headers: { "content-type": "application/json", authorization: `Bearer ${keys.get(tenant)}` },
    body: JSON.stringify({ model, messages: [{ role: "user", content }], ...more }),
    ...(signal && { signal }),
  });

const canariesIn = (text: string) => [...new Set(text.match(/canary-\w+-\d+/g))];

it("whole and streamed answers hold the word of their own tenant alone, while others hang up in between", async () => {
  const calls = Array.from({ length: ROUNDS }, (_, round) =>
    tenants.flatMap((tenant) =>
      models.map(async (model) => {
        const canary = `canary-${tenant}-${round}`;
        const content = `Tell me about ${canary}.`;
        const [whole, streamed] = await Promise.all([
          ask(tenant, model, content, {}),
          ask(tenant, model, content, { stream: true }),
          // Somebody leaves while the others are answered: what was meant for them must reach nobody.
          ask(tenant, model, content, { stream: true }, AbortSignal.timeout(5 + round)).catch(
            () => undefined,
          ),
        ]);
        const { choices } = (await whole.json()) as { choices: { message: { content: string } }[] };
        const stream = await streamed.text();
        expect(canariesIn(choices[0]?.message.content ?? "")).toEqual([canary]);
        expect(canariesIn(assemble(chunksOf(stream))[0]?.content ?? "")).toEqual([canary]);
      }),
    ),
  );
  await Promise.all(calls.flat());
});

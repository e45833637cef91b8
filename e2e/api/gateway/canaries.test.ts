import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, expect, it } from "vitest";
import {
  startTestProcesses,
  type TestProcesses,
} from "../../../infra/testing/processes/start-test-processes";
import { useTestStack } from "../../../infra/testing/use-test-stack";
import { assemble, chunksOf } from "../../support/chat-stream";
import { type Api, openApi, type Reply } from "../../support/client";
import { customer, makeKey, type Person } from "../../support/people";

/** Many tenants ask at once, alike but for a word of their own, which the simulators repeat in what they answer. */

const stack = await useTestStack({ WEBHOOK_PRIVATE_TARGETS: "true" });
const tenants = ["amethyst", "beryl", "citrine", "diamond"];
const models = ["gpt-4o", "gemini-3.8-flash", "deepseek-flash"];
const ROUNDS = 12;
let processes: TestProcesses;
let api: Api;
const people = new Map<string, Person>();
const keys = new Map<string, string>();
let receiver: Server;
/** What arrived at each tenant's endpoint of webhooks. */
const delivered = new Map<string, string[]>(tenants.map((tenant) => [tenant, []]));

beforeAll(async () => {
  receiver = createServer(async (request, response) => {
    let text = JSON.stringify(request.headers);
    for await (const chunk of request) text += chunk;
    delivered.get((request.url ?? "").slice(1))?.push(text);
    response.end();
  });
  await new Promise<void>((resolve) => receiver.listen(0, "127.0.0.1", resolve));
  processes = await startTestProcesses({ server: true, workers: 1, env: { LOG_LEVEL: "trace" } });
  api = await openApi(processes);
  for (const tenant of tenants) {
    const person = await customer(api, stack);
    people.set(tenant, person);
    keys.set(tenant, await makeKey(api, person));
  }
});

afterAll(() => {
  receiver.closeAllConnections();
  receiver.close();
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

const wordsIn = (text: string) => [...new Set(text.match(/secret-(?:amethyst|beryl|citrine|diamond)/g))];

/** Everything that a tenant can be given. */
class Given {
  readonly #texts: string[] = [];

  constructor(private readonly tenant: string) {}

  take<Got extends Reply>(reply: Got): Got {
    this.#texts.push(reply.text, JSON.stringify([...reply.headers]));
    return reply;
  }

  takeText(text: string): void {
    this.#texts.push(text);
  }

  words(): string[] {
    return wordsIn(this.#texts.join("\n"));
  }

  get as(): string {
    return people.get(this.tenant)?.accessToken ?? "";
  }
}

it("a tenant's word is in nothing that another is given: answers, headers, cache, receipts, history, audit, webhooks; and in no log", async () => {
  const { port } = receiver.address() as AddressInfo;
  const everything = await Promise.all(
    tenants.map(async (tenant) => {
      const word = `secret-${tenant}`;
      const key = keys.get(tenant);
      const given = new Given(tenant);
      const hook = given.take(
        await api.post("/api/v1/webhooks", {
          as: given.as,
          body: {
            url: `http://127.0.0.1:${port}/${tenant}`,
            description: word,
            events: ["key.created", "inference.completed", "inference.failed"],
          },
        }),
      );
      const chat = async (body: object, headers: Record<string, string> = {}) =>
        given.take(
          await api.post("/v1/chat/completions", { as: key, headers, body: { model: "gpt-4o", ...body } }),
        );
      const messages = [{ role: "user", content: `Repeat ${word}.` }];
      const cached = { "x-agatha-cache": "on" };
      const first = await chat({ messages, store: true, metadata: { note: word }, user: word }, cached);
      expect(first.status, first.text).toBe(200);
      expect(first.headers.get("x-agatha-cache")).toBe("miss");
      for (const more of [{}, { stream: true }]) {
        const hit = () =>
          chat({ messages, store: true, metadata: { note: word }, user: word, ...more }, cached);
        await expect.poll(async () => (await hit()).headers.get("x-agatha-cache")).toBe("hit");
      }
      // The same question of all: the first answer is each tenant's own.
      const common = { messages: [{ role: "user", content: "What is agate?" }] };
      expect((await chat(common, cached)).headers.get("x-agatha-cache")).toBe("miss");
      // Refused by our hand and by the provider's, at once and in the queue.
      await chat({ messages, model: word });
      await chat({ messages, response_format: word });
      await chat({ messages: [{ role: "user", content: `[[sim:400]] ${word}` }] });
      await chat({ messages: [{ role: "user", content: `[[sim:half]] ${word}` }], stream: true });
      const submitted: string[] = [];
      for (const failure of ["", "[[sim:400]] "]) {
        const prompt = `${failure}Repeat ${word}.`;
        const headers = { prefer: "wait=30" };
        const request = await api.post("/api/v1/inference", {
          as: key,
          headers,
          body: { model: "gpt-4o", prompt },
        });
        submitted.push(given.take(request).json.id);
      }
      const made = await api.post("/api/v1/keys", {
        as: given.as,
        body: { name: word, environment: "live" },
      });
      given.take(made);
      const arrived = () =>
        delivered
          .get(tenant)
          ?.map((text) => /"type":"([a-z.]+)"/.exec(text)?.[1])
          .sort();
      await expect
        .poll(arrived, { timeout: 30_000 })
        .toEqual(["inference.completed", "inference.failed", "key.created"]);

      const { id } = first.json;
      for (const path of [
        `/v1/generation?id=${id}`,
        "/v1/key",
        ...submitted.map((one) => `/api/v1/inference/${one}`),
        "/api/v1/history",
        "/api/v1/keys",
        "/api/v1/usage",
        "/api/v1/audit",
        "/api/v1/webhooks",
        `/api/v1/webhooks/${hook.json.id}/deliveries`,
      ]) {
        const as = path.startsWith("/v1/") ? key : given.as;
        const reply = given.take(await api.get(path, { as }));
        expect(reply.status, `${path}: ${reply.text}`).toBe(200);
        if (!path.endsWith("/deliveries")) continue;
        for (const delivery of reply.json.data)
          given.take(await api.get(`/api/v1/webhook-deliveries/${delivery.id}`, { as }));
      }
      for (const text of delivered.get(tenant) ?? []) given.takeText(text);
      return { word, given };
    }),
  );
  for (const { word, given } of everything) expect(given.words()).toEqual([word]);
  await processes.stop();
  const logs = [processes.server, ...processes.workers].map((one) => one?.logs() ?? "").join("\n");
  expect(logs.length).toBeGreaterThan(1_000);
  expect(wordsIn(logs)).toEqual([]);
}, 120_000);

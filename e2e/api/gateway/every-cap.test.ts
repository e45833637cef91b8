import { loginToPortal } from "@agathaai/core/accounts";
import { fromPublicId } from "@agathaai/core/platform";
import { db } from "@agathaai/core/platform/db/client";
import { beforeAll, expect, it } from "vitest";
import { writePortalCookie } from "@/server/auth/portal-cookie";
import { startTestProcesses } from "../../../infra/testing/processes/start-test-processes";
import { useTestStack } from "../../../infra/testing/use-test-stack";
import { type Api, openApi, type Reply } from "../../support/client";
import { query } from "../../support/database";
import { ledgerRow } from "../../support/ledger";
import { customer, makeKey, type Person } from "../../support/people";

const stack = await useTestStack();
let api: Api;
beforeAll(async () => {
  api = await openApi(await startTestProcesses({ server: true, workers: 1 }));
});

const body = {
  model: "gpt-4o",
  messages: [{ role: "user", content: "Why does an agate have bands?" }],
  max_tokens: 64,
};
const chat = "/v1/chat/completions";
type Endpoint = (caller: { ada: Person; key: string }) => Promise<Reply>;

/** Every way in for the same prompt. The playground calls with its member's session, and so with no key. */
const ways: Record<string, Endpoint> = {
  "a chat completion": ({ key }) => api.post(chat, { as: key, body }),
  "a stream": ({ key }) => api.post(chat, { as: key, body: { ...body, stream: true } }),
  "the queue": ({ key }) => api.post("/api/v1/inference", { as: key, body, headers: { prefer: "wait=20" } }),
  "the playground": async ({ ada: { email, password } }) => {
    const session = await loginToPortal(db(), { email, password, ip: null });
    const cookie = (await writePortalCookie(session)).split(";", 1)[0] ?? "";
    return await api.post(chat, { body, headers: { cookie, "sec-fetch-site": "same-origin" } });
  },
};
const embed: Endpoint = ({ key }) =>
  api.post("/v1/embeddings", {
    as: key,
    body: { model: "text-embedding-3-small", input: body.messages[0]?.content },
  });

/** What one call of an organization of its own took: by the ledger, and by each counter that a limit or cap reads. */
async function taken(call: Endpoint) {
  const ada = await customer(api, stack);
  const key = await makeKey(api, ada, { monthly_cap_micros: 1_000_000 });
  const reply = await call({ ada, key });
  expect(reply.status, reply.text).toBe(200);
  const id = reply.headers.get("x-agatha-id") ?? reply.json.id;
  const row = await ledgerRow(id);
  const tokens = Number(row.input_tokens) + Number(row.output_tokens);
  const micros = Number(row.cost_micros);
  const keyed = row.api_key_id !== null;
  const counters = async () => {
    const [found] = await query<{ tokens: string; micros: string; of_key: string; held: string }>(
      `SELECT sum(q.used_tokens) AS tokens, sum(q.spent_micros) AS micros,
         (SELECT coalesce(sum(k.spent_micros), 0) FROM key_spend k WHERE k.org_id = q.org_id) AS of_key
       FROM quota_counters q WHERE q.org_id = (SELECT org_id FROM usage_ledger WHERE request_id = $1) GROUP BY q.org_id`,
      [fromPublicId("inf", id)],
    );
    return found && { tokens: Number(found.tokens), micros: Number(found.micros), key: Number(found.of_key) };
  };
  await expect.poll(counters, { timeout: 15_000 }).toEqual({ tokens, micros, key: keyed ? micros : 0 });
  return { tokens, micros, input: row.input_tokens, output: row.output_tokens };
}

const amounts = new Map<string, Awaited<ReturnType<typeof taken>>>();

it.each(Object.entries(ways))(
  "%s moves the organization's tokens and money and the key's cap by what its ledger row says",
  async (name, call) => {
    const amount = await taken(call);
    expect(amount.tokens).toBeGreaterThan(0);
    amounts.set(name, amount);
  },
);

it("the same prompt moves them by the same amounts, through every endpoint", () => {
  const [first] = amounts.values();
  expect(amounts.size).toBe(Object.keys(ways).length);
  for (const [name, amount] of amounts) expect(amount, name).toEqual(first);
});

it("an embedding moves every counter by what its ledger row says", async () => {
  const { tokens, micros, output } = await taken(embed);
  expect(tokens).toBeGreaterThan(0);
  expect(micros).toBeGreaterThanOrEqual(0);
  expect(output).toBe("0");
});

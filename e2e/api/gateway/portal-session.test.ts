import { loginToPortal } from "@agathaai/core/accounts";
import { db } from "@agathaai/core/platform/db/client";
import { beforeAll, describe, expect, it } from "vitest";
import { writePortalCookie } from "@/server/auth/portal-cookie";
import { startTestProcesses } from "../../../infra/testing/processes/start-test-processes";
import { useTestStack } from "../../../infra/testing/use-test-stack";
import { type Api, expectRefusal, openApi } from "../../support/client";
import { ledgerRow } from "../../support/ledger";
import { customer, makeKey, type Person, signUp } from "../../support/people";

const stack = await useTestStack();
let api: Api;
let ada: Person;
let cookie: string;

const cookieOf = async ({ email, password }: Person) => {
  const session = await loginToPortal(db(), { email, password, ip: null });
  return (await writePortalCookie(session)).split(";", 1)[0] ?? "";
};

beforeAll(async () => {
  api = await openApi(await startTestProcesses({ server: true }));
  ada = await customer(api, stack);
  cookie = await cookieOf(ada);
});

const path = "/v1/chat/completions";
const body = { model: "gpt-4o", messages: [{ role: "user", content: "Hello" }], max_tokens: 64 };
const post = (headers: Record<string, string>, options: { as?: string; body?: object } = {}) =>
  api.post(path, { body, ...options, headers });
const page = { "sec-fetch-site": "same-origin" };

describe("a model call with the portal's session", () => {
  it("is answered, streamed and billed as its member's", async () => {
    const reply = await post({ cookie, ...page }, { body: { ...body, stream: true } });
    expect(reply.status).toBe(200);
    expect(reply.text).toContain("data: [DONE]");
    const row = await ledgerRow(reply.headers.get("x-agatha-id") ?? "");
    expect(row).toMatchObject({ status: "completed", environment: "live", billable: true, api_key_id: null });
    expect(row.user_id).not.toBeNull();
  });

  it("is simulated and free until the address is verified", async () => {
    const reply = await post({ cookie: await cookieOf(await signUp(api)), ...page });
    expect(reply.status).toBe(200);
    const row = await ledgerRow(reply.json.id);
    expect(row).toMatchObject({ environment: "test", billable: false, cost_micros: "0" });
  });

  it("passes by its origin where a browser sends no fetch metadata", async () => {
    expect((await post({ cookie, origin: api.url })).status).toBe(200);
  });

  it.each<[string, Record<string, string>]>([
    ["another site", { "sec-fetch-site": "cross-site" }],
    ["a sibling of the site", { "sec-fetch-site": "same-site", origin: "http://localhost:1" }],
    ["another origin", { origin: "https://evil.example" }],
    ["no page at all", {}],
  ])("is refused from %s, and nothing runs", async (_what, from) => {
    const reply = await post({ cookie, ...from });
    expectRefusal(reply, 403, "insufficient_scope");
    expect(reply.headers.get("x-agatha-id")).toBeNull();
  });

  it("counts only where no other credential is sent", async () => {
    const key = await makeKey(api, ada, { environment: "test" });
    const reply = await post({ cookie, "sec-fetch-site": "cross-site" }, { as: key });
    expect(reply.status).toBe(200);
    expect(await ledgerRow(reply.json.id)).toMatchObject({ environment: "test" });
    expectRefusal(await post({ cookie, ...page }, { as: "agt_live_nonsense" }), 401, "invalid_api_key");
  });

  it("is unauthenticated with a foreign cookie or none, and reads nothing elsewhere", async () => {
    const foreign = `${cookie.split("=")[0]}=nonsense`;
    expectRefusal(await post({ cookie: foreign, ...page }), 401, "missing_credentials");
    expectRefusal(await post({ ...page }), 401, "missing_credentials");
    const elsewhere = await api.call("GET", "/api/v1/me", { headers: { cookie, ...page } });
    expectRefusal(elsewhere, 401, "missing_credentials");
  });
});

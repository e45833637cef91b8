import { beforeAll, describe, expect, it } from "vitest";
import { startTestProcesses } from "../../../infra/testing/processes/start-test-processes";
import { useTestStack } from "../../../infra/testing/use-test-stack";
import { type Api, expectRefusal, openApi } from "../../support/client";
import { countRows } from "../../support/database";
import { customer, type Person } from "../../support/people";

const stack = await useTestStack();
let api: Api;
let ada: Person;

beforeAll(async () => {
  api = await openApi(await startTestProcesses({ server: true }));
  ada = await customer(api, stack);
});

describe("POST /api/v1/leaked-keys", () => {
  const report = (body: object) => api.post("/api/v1/leaked-keys", { body });

  it("200 without an account: a key that works is revoked; others are told apart and change nothing", async () => {
    const { secret, prefix, last_four } = (
      await api.post("/api/v1/keys", { as: ada.accessToken, body: { name: "x", environment: "test" } })
    ).json;
    const keys = [secret, `${secret.slice(0, -1)}_`, secret];
    const reply = await report({ keys, found_at: "https://example.com/repository/.env" });
    expect(reply.status).toBe(200);
    expect(reply.json).toEqual({
      object: "leak_report",
      data: [
        { kind: "api_key", prefix, last_four, status: "revoked" },
        { kind: null, prefix: null, last_four: null, status: "not_a_key" },
      ],
    });
    expect(reply.text).not.toContain(secret);
    expectRefusal(await api.get("/api/v1/models", { as: secret }), 401, "api_key_revoked");
    const before = await countRows();
    expect((await report({ keys: [secret] })).json.data).toEqual([
      { kind: "api_key", prefix, last_four, status: "not_active" },
    ]);
    expect(await countRows()).toEqual(before);
  });

  it("400 for no keys, too many, or a place that is no URL", async () => {
    const before = await countRows();
    expectRefusal(await report({ keys: [] }), 400, "invalid_request", "keys");
    const many = Array.from({ length: 101 }, (_, nr) => `agt_live_${nr}`);
    expectRefusal(await report({ keys: many }), 400, "invalid_request", "keys");
    expectRefusal(await report({ keys: ["x"], found_at: "a paste" }), 400, "invalid_request", "found_at");
    expectRefusal(
      await report({ keys: ["x"], found_at: "javascript:1" }),
      400,
      "invalid_request",
      "found_at",
    );
    expect(await countRows()).toEqual(before);
  });
});

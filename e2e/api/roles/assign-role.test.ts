import { randomUUID } from "node:crypto";
import { keyScopes } from "@agathaai/core/keys";
import { toPublicId } from "@agathaai/core/platform";
import { beforeAll, describe, expect, it } from "vitest";
import { startTestProcesses } from "../../../infra/testing/processes/start-test-processes";
import { useTestStack } from "../../../infra/testing/use-test-stack";
import { type Api, expectRefusal, openApi } from "../../support/client";
import { query } from "../../support/database";
import { join, userIdOf } from "../../support/members";
import { customer, makeKey, type Person } from "../../support/people";

const stack = await useTestStack();
let api: Api;
let owner: Person;
let admin: Person;
let developer: Person;
let stranger: Person;
const ids = new Map<Person, string>();

beforeAll(async () => {
  api = await openApi(await startTestProcesses({ server: true }));
  owner = await customer(api, stack);
  admin = await join(api, stack, owner, "admin");
  developer = await join(api, stack, owner, "developer");
  stranger = await customer(api, stack);
  for (const person of [owner, admin, developer, stranger])
    ids.set(person, toPublicId("usr", await userIdOf(person)));
}, 120_000);

const idOf = (person: Person) => ids.get(person) ?? "";
const assign = (as: Person | string, whom: Person, body: object) =>
  api.call("PATCH", `/api/v1/members/${idOf(whom)}`, {
    as: typeof as === "string" ? as : as.accessToken,
    body,
  });
const roleOf = async (person: Person) => {
  const { json } = await api.get("/api/v1/members", { as: owner.accessToken });
  const found = json.members.find(({ user_id }) => user_id === idOf(person));
  return found && [found.role, found.custom_role?.name ?? null];
};

describe("PATCH /api/v1/members/{user_id}", () => {
  it("200: gives a built-in role by its name and a custom one by its ID, and narrows keys that may do more", async () => {
    const key = await makeKey(api, developer);
    const { json: role } = await api.post("/api/v1/roles", {
      as: owner.accessToken,
      body: { name: `Support ${randomUUID()}`, base: "viewer", permissions: ["models:read"] },
    });
    const given = await assign(admin, developer, { role: role.id });
    expect(given.status, given.text).toBe(200);
    expect(await roleOf(developer)).toEqual(["viewer", role.name]);
    const refused = await api.post("/api/v1/inference/quote", {
      as: key,
      body: { model: "gpt-4o", prompt: "Hello" },
    });
    expect(refused.status).toBeGreaterThanOrEqual(401);
    const back = await assign(owner, developer, { role: "developer" });
    expect(back.json.members).toHaveLength(3);
    expect(await roleOf(developer)).toEqual(["developer", null]);
    const [entry] = await query<{ details: { from: string; to: string } }>(
      "SELECT details FROM audit_logs WHERE action = 'member.role_changed' AND org_id = (SELECT org_id FROM memberships WHERE user_id = $1 ORDER BY created_at DESC LIMIT 1) ORDER BY sequence DESC LIMIT 1",
      [await userIdOf(developer)],
    );
    expect(entry?.details).toMatchObject({ from: role.name, to: "developer" });
  });

  it("403 for who may not: developers, programs, and nobody is made more than their giver is", async () => {
    const key = await makeKey(api, owner, { scopes: keyScopes });
    for (const as of [developer, key])
      expect((await assign(as, developer, { role: "viewer" })).status).toBe(403);
    expectRefusal(await assign(admin, developer, { role: "owner" }), 403, "insufficient_role", "role");
    expectRefusal(await assign(admin, owner, { role: "viewer" }), 403, "insufficient_role", "role");
    expect([await roleOf(developer), await roleOf(owner)]).toEqual([
      ["developer", null],
      ["owner", null],
    ]);
  });

  it("404 for somebody of another organization, and for another organization's role", async () => {
    expectRefusal(await assign(owner, stranger, { role: "viewer" }), 404, "not_found", "user_id");
    expectRefusal(await assign(stranger, developer, { role: "viewer" }), 404, "not_found", "user_id");
    const { json: theirs } = await api.post("/api/v1/roles", {
      as: stranger.accessToken,
      body: { name: `Theirs ${randomUUID()}`, base: "viewer", permissions: ["models:read"] },
    });
    expectRefusal(await assign(owner, developer, { role: theirs.id }), 404, "not_found", "role");
    expect(await roleOf(developer)).toEqual(["developer", null]);
  });

  it("409 for the last owner, 400 for no role and for a field too much", async () => {
    expectRefusal(await assign(owner, owner, { role: "admin" }), 409, "conflict");
    expectRefusal(await assign(owner, developer, {}), 400, "invalid_request", "role");
    expectRefusal(await assign(owner, developer, { role: "emperor" }), 400, "invalid_request", "role");
    expect((await assign(owner, developer, { role: "viewer", org_id: stranger.orgId })).status).toBe(400);
    expect(await roleOf(developer)).toEqual(["developer", null]);
  });
});

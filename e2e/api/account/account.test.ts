import { beforeAll, describe, expect, it } from "vitest";
import { startTestProcesses } from "../../../infra/testing/processes/start-test-processes";
import { until } from "../../../infra/testing/until";
import { useTestStack } from "../../../infra/testing/use-test-stack";
import { type Api, expectRefusal, openApi } from "../../support/client";
import { query } from "../../support/database";
import { makeKey, type Person, signUp, verify } from "../../support/people";

const stack = await useTestStack();
let api: Api;
let ada: Person;

beforeAll(async () => {
  api = await openApi(await startTestProcesses({ server: true }));
  ada = await signUp(api);
});

const signIn = async ({ email, password }: Pick<Person, "email" | "password">) =>
  (await api.post("/api/v1/auth/login", { body: { email, password } })).json.access_token as string;
const linkIn = (text: string) => /end-sessions\?token=([\w-]+)/.exec(text)?.[1] ?? "";
const sessionsOf = async (as: string) => (await api.get("/api/v1/me/sessions", { as })).json.data;

describe("the account", () => {
  it("changes its name, and refuses an empty, too long or multi-line one with the field named", async () => {
    const reply = await api.call("PATCH", "/api/v1/me", {
      as: ada.accessToken,
      body: { name: "  Ada King " },
    });
    expect(reply.json.user.name).toBe("Ada King");
    expect((await api.get("/api/v1/me", { as: ada.accessToken })).json.user.name).toBe("Ada King");
    for (const name of ["", "   ", "a".repeat(121), "a\nb", 7, undefined]) {
      const refused = await api.call("PATCH", "/api/v1/me", { as: ada.accessToken, body: { name } });
      expectRefusal(refused, 400, "invalid_request", "name");
    }
  });

  it("renames the organization for owners and admins only", async () => {
    const rename = (as: string, name: string) =>
      api.call("PATCH", "/api/v1/organization", { as, body: { name } });
    expect((await rename(ada.accessToken, "Analytical Engines")).json).toMatchObject({
      id: ada.orgId,
      name: "Analytical Engines",
    });
    const viewer = await signUp(api);
    await query(
      "UPDATE memberships SET role = 'viewer' WHERE user_id = (SELECT user_id FROM sessions s JOIN refresh_tokens r ON r.session_id = s.id WHERE r.token_hash = sha256($1::text::bytea))",
      [viewer.refreshToken],
    );
    const asViewer = await signIn(viewer);
    expectRefusal(await rename(asViewer, "Mine"), 403, "insufficient_role");
  });

  it("belongs to a person: no API key reads or changes it", async () => {
    const key = await makeKey(api, ada, { environment: "test" });
    for (const [method, path, body] of [
      ["PATCH", "/api/v1/me", { name: "x" }],
      ["PATCH", "/api/v1/organization", { name: "x" }],
      ["POST", "/api/v1/me/password", { current_password: "x", new_password: "y" }],
      ["GET", "/api/v1/me/sessions", undefined],
      ["POST", "/api/v1/auth/logout-others", {}],
    ] as const) {
      expectRefusal(await api.call(method, path, { as: key, body }), 403, "insufficient_scope");
    }
  });
});

describe("the password", () => {
  it("changing it requires the current one, ends the other sessions but not this one, and emails the owner", async () => {
    const person = await signUp(api);
    const elsewhere = await signIn(person);
    const next = "seven quiet bands of stone";
    const change = (current_password: string, new_password: string) =>
      api.post("/api/v1/me/password", { as: person.accessToken, body: { current_password, new_password } });
    expectRefusal(await change("not the password at all", next), 401, "invalid_login", "current_password");
    expectRefusal(await change(person.password, "short"), 400, "weak_password", "new_password");
    expect((await change(person.password, next)).json).toEqual({ password_changed: true });
    expect((await api.get("/api/v1/me", { as: person.accessToken })).status).toBe(200);
    expectRefusal(await api.get("/api/v1/me", { as: elsewhere }), 401, "invalid_access_token");
    expect(await signIn({ ...person, password: next })).toBeTruthy();
    await expect
      .poll(() => stack.mailbox.messagesTo(person.email).map(({ subject }) => subject))
      .toContain("Your password was changed");
  });

  it("cannot be guessed with a stolen token: after ten wrong ones comes 429 with retry-after", async () => {
    const person = await signUp(api);
    const guess = () =>
      api.post("/api/v1/me/password", {
        as: person.accessToken,
        body: { current_password: "a wrong guess of many", new_password: "seven quiet bands of stone" },
      });
    for (let i = 0; i < 10; i += 1) expect((await guess()).status).toBe(401);
    const refused = await guess();
    expectRefusal(refused, 429, "too_many_attempts");
    expect(Number(refused.headers.get("retry-after"))).toBeGreaterThan(0);
  });
});

describe("sessions", () => {
  it("can be listed and revoked, one or all others, but never another person's", async () => {
    const [person, eve] = [await signUp(api), await signUp(api)];
    const [second, third] = [await signIn(person), await signIn(person)];
    const listed = await sessionsOf(person.accessToken);
    expect(listed.map(({ current }) => current)).toEqual([false, false, true]);
    const [thirdId] = listed.map(({ id }) => id);

    expectRefusal(
      await api.delete(`/api/v1/me/sessions/${thirdId}`, { as: eve.accessToken }),
      404,
      "not_found",
      "id",
    );
    expectRefusal(
      await api.delete("/api/v1/me/sessions/ses_x", { as: person.accessToken }),
      400,
      "invalid_id",
      "id",
    );
    expect((await api.get("/api/v1/me", { as: third })).status).toBe(200);

    expect((await api.delete(`/api/v1/me/sessions/${thirdId}`, { as: person.accessToken })).json).toEqual({
      id: thirdId,
      object: "session",
      deleted: true,
      revoked: true,
    });
    expectRefusal(await api.get("/api/v1/me", { as: third }), 401, "invalid_access_token");

    const others = await api.post("/api/v1/auth/logout-others", { as: person.accessToken });
    expect(others.json).toEqual({ revoked: 1 });
    expectRefusal(await api.get("/api/v1/me", { as: second }), 401, "invalid_access_token");
    expect(await sessionsOf(person.accessToken)).toHaveLength(1);
    expect((await api.get("/api/v1/me", { as: eve.accessToken })).status).toBe(200);
  });
});

describe("the sign-in history", () => {
  it("lists a person's own sign-ins, failed ones too, and belongs to a person", async () => {
    const person = await signUp(api);
    const { email, password } = person;
    expectRefusal(
      await api.post("/api/v1/auth/login", { body: { email, password: "wrong horse battery staple" } }),
      401,
      "invalid_login",
    );
    await signIn({ email, password });
    const list = () => api.get("/api/v1/me/sign-ins?limit=2", { as: person.accessToken });
    // A failure is recorded after its response.
    await until(async () => (await list()).json.data[1]?.result === "wrong_password");
    const reply = await list();
    expect(reply.status).toBe(200);
    expect(reply.json.data[0]).toMatchObject({
      id: expect.stringMatching(/^sgn_/),
      kind: "api",
      method: "password",
      factor: null,
      result: "signed_in",
      session_id: expect.stringMatching(/^ses_/),
      ip: expect.any(String),
    });
    expect(reply.json.next_cursor).toEqual(expect.any(String));
    const key = await makeKey(api, person, { environment: "test" });
    expectRefusal(await api.get("/api/v1/me/sign-ins", { as: key }), 403, "insufficient_scope");
  });

  it("ends every session by the link that a new device's email has, once", async () => {
    const person = await signUp(api);
    await verify(api, stack, person);
    const { email, password } = person;
    const headers = { "user-agent": "Thief/1.0" };
    const stolen = await api.post("/api/v1/auth/login", { headers, body: { email, password } });
    const isNews = ({ subject }: { subject: string }) => subject === "New sign-in to your account";
    await until(() => stack.mailbox.messagesTo(email).some(isNews));
    const mail = stack.mailbox.messagesTo(email).find(isNews);
    expect(mail?.text).toContain("Thief");
    const end = () => api.post("/api/v1/auth/end-sessions", { body: { token: linkIn(mail?.text ?? "") } });
    expect((await end()).json).toEqual({ signed_out: true });
    expectRefusal(await end(), 400, "invalid_token", "token");
    const { refresh_token } = stolen.json;
    expectRefusal(
      await api.post("/api/v1/auth/refresh", { body: { refresh_token } }),
      401,
      "invalid_refresh_token",
      "refresh_token",
    );
  });
});

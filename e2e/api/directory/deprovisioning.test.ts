import { randomUUID } from "node:crypto";
import { isDeepStrictEqual } from "node:util";
import { loadUserPrincipal, loginToPortal, type SessionClaims } from "@agathaai/core/accounts";
import { fromPublicId } from "@agathaai/core/platform";
import { closeDb, db } from "@agathaai/core/platform/db/client";
import { encryptText } from "@agathaai/core/privacy";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startTestProcesses } from "../../../infra/testing/processes/start-test-processes";
import { until } from "../../../infra/testing/until";
import { useTestStack } from "../../../infra/testing/use-test-stack";
import { type Api, openApi } from "../../support/client";
import { makeKey, verify } from "../../support/people";
import { connectApp, signAppToken } from "../../support/tokens/app-token";
import { type Company, newAddress, oktaUser, openCompany, patch } from "./open-directory";

const stack = await useTestStack();
let api: Api;
let company: Company;
beforeAll(async () => {
  api = await openApi(await startTestProcesses({ server: true }));
  company = await openCompany(api, stack);
}, 120_000);
afterAll(closeDb);

/** Somebody who works at the company, signed in there in every way, and once more in an organization of their own. */
async function employ() {
  const { orgId, domain, scim } = company;
  const email = newAddress(domain);
  const password = `quiet agate ${randomUUID()}`;
  const { json: account } = await api.post("/api/v1/auth/register", {
    body: { email, password, name: "Grace" },
  });
  const person = {
    email,
    password,
    orgId: account.organization.id,
    accessToken: account.access_token,
    refreshToken: account.refresh_token,
  };
  await verify(api, stack, person);
  const { json: user } = await scim("POST", "/Users", oktaUser(email));
  const { userId } = await db().directoryUser.findUniqueOrThrow({
    where: { id: fromPublicId("dus", user.id) },
  });
  if (userId === null) throw new Error("the person has no account");
  await db().membership.update({ where: { orgId_userId: { orgId, userId } }, data: { role: "developer" } });
  const ownKey = await makeKey(api, person);
  // From here on their first session works at the company, and a second one at home.
  await db().session.updateMany({ where: { userId }, data: { orgId } });
  const { json: refreshed } = await api.post("/api/v1/auth/refresh", {
    body: { refresh_token: person.refreshToken },
  });
  const atWork = { ...person, accessToken: refreshed.access_token, refreshToken: refreshed.refresh_token };
  const key = await makeKey(api, atWork);
  const portal: SessionClaims = {
    kind: "session",
    ...(await loginToPortal(db(), { email, password: person.password, ip: null })),
    orgId,
  };
  await db().session.update({ where: { id: portal.sessionId }, data: { orgId } });
  const principal = await loadUserPrincipal(db(), portal);
  if (principal === null) throw new Error("the person has no session");
  const app = await signAppToken(principal, await connectApp(principal));
  const home = await loginToPortal(db(), { email, password: person.password, ip: null });
  return { user, userId, atWork, key, ownKey, portal, app, home };
}

type Employed = Awaited<ReturnType<typeof employ>>;

/** What each of their ways in is answered. */
const answers = async ({ atWork, key, app, portal, userId }: Employed) => ({
  token: (await api.get("/api/v1/rate-limit", { as: atWork.accessToken })).status,
  sessions: await db().session.count({ where: { userId, revokedAt: null, orgId: company.orgId } }),
  key: (await api.get("/api/v1/rate-limit", { as: key })).status,
  app: (await api.get("/api/v1/rate-limit", { as: app })).status,
  portal: (await loadUserPrincipal(db(), portal)) !== null,
});
const working = { token: 200, sessions: 2, key: 200, app: 200, portal: true };
const refused = { token: 401, sessions: 0, key: 401, app: 401, portal: false };

const ways: [string, (id: string, email: string) => ReturnType<Company["scim"]>][] = [
  [
    "Okta's PATCH without a path",
    (id) => company.scim("PATCH", `/Users/${id}`, patch({ op: "replace", value: { active: false } })),
  ],
  [
    "Entra ID's PATCH with a text",
    (id) => company.scim("PATCH", `/Users/${id}`, patch({ op: "Replace", path: "active", value: "False" })),
  ],
  ["PUT", (id, email) => company.scim("PUT", `/Users/${id}`, oktaUser(email, { active: false }))],
  ["DELETE", (id) => company.scim("DELETE", `/Users/${id}`)],
];

describe("who leaves the company", () => {
  it.each(ways)("has no session, token, key or app left there within seconds, by %s", async (_, end) => {
    const gone = await employ();
    expect(await answers(gone)).toEqual(working);
    expect((await end(gone.user.id, gone.user.userName)).status).toBeLessThan(300);
    await until(async () => isDeepStrictEqual(await answers(gone), refused));
    const { orgId } = company;
    const { userId } = gone;
    const grants = await db().oauthGrant.count({ where: { orgId, userId } });
    const members = await db().membership.count({ where: { orgId, userId } });
    expect([grants, members]).toEqual([0, 0]);
    const { details } = await db().auditLog.findFirstOrThrow({
      where: { orgId, action: "member.removed", targetId: userId },
    });
    expect(details).toMatchObject({ by: "directory", keys_ended: 1 });
    // The sessions themselves, and not their place in the organization alone: they would act elsewhere.
    const ended = await db().session.findUniqueOrThrow({ where: { id: gone.portal.sessionId } });
    expect(ended.revokedAt).not.toBeNull();
    const refreshed = await api.post("/api/v1/auth/refresh", {
      body: { refresh_token: gone.atWork.refreshToken },
    });
    expect(refreshed.status).toBe(401);
    // What is theirs elsewhere is no concern of the company's.
    expect((await api.get("/api/v1/rate-limit", { as: gone.ownKey })).status).toBe(200);
    expect(await loadUserPrincipal(db(), { kind: "session", ...gone.home })).not.toBeNull();
  });

  it("is a member again when the directory says so, unless the account has moved to another address", async () => {
    const { user, userId } = await employ();
    const { orgId } = company;
    const turn = (active: boolean) =>
      company.scim("PATCH", `/Users/${user.id}`, patch({ op: "replace", path: "active", value: active }));
    const members = () => db().membership.count({ where: { orgId, userId } });
    expect((await turn(false)).json).toMatchObject({ active: false });
    expect(await members()).toBe(0);
    expect((await turn(true)).json).toMatchObject({ active: true });
    expect(await members()).toBe(1);
    await turn(false);
    const field = { table: "users", column: "email_cipher", rowId: userId };
    const moved = await encryptText(db(), { type: "user", id: userId }, field, "grace@example.com");
    await db().user.update({ where: { id: userId }, data: { emailCipher: moved } });
    expect(await turn(true)).toMatchObject({ status: 409, json: { scimType: "uniqueness" } });
    expect(await members()).toBe(0);
  });
});

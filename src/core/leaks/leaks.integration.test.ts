import { expect, it } from "vitest";
import { connectApp, signAppToken } from "../../../e2e/support/tokens/app-token";
import { makeUser, principalOf } from "../../../infra/testing/make-user";
import { decryptPeople, loadUserPrincipal, refreshSession } from "../accounts";
import { type AuditAction, listAudit } from "../audit";
import { createDirectoryToken, resolveDirectoryToken } from "../company-sign-in";
import { makeCompany } from "../company-sign-in/testing/companies";
import { listKeys, rotateKey } from "../keys";
import { colleague, create, idOf, member, other, stack, use } from "../keys/testing/owners";
import {
  isAppSecret,
  listApps,
  registerApp,
  registerAppInputSchema,
  resolveAppToken,
  rotateAppSecret,
  saveArtifact,
} from "../oauth";
import { fromPublicId } from "../platform";
import { drainAfterResponse } from "../platform/concurrency/after-response";
import { randomToken } from "../platform/crypto/hash";
import { db } from "../platform/db/client";
import { reportLeaks } from ".";

const report = async (...keys: string[]) => {
  const found_at = "https://paste.example/raw/1";
  return (await reportLeaks(db(), { input: { keys, found_at } })).data.map(({ kind, status }) => [
    kind,
    status,
  ]);
};
const addressOf = async (userId: string) => (await decryptPeople(db(), [userId])).get(userId)?.email ?? "";
const entriesOf = async (orgId: string, action: AuditAction) =>
  (
    await listAudit(db(), {
      orgId,
      environment: "all",
      requests: false,
      order: "desc",
      action,
      limit: 5,
    })
  ).data;
const byAFinder = (target: object) => ({
  actor: { type: "anonymous" },
  target,
  details: { because: "reported as leaked", found_at: "paste.example" },
});
/** The emails to somebody whose subject begins so. */
async function emailsTo(userId: string, subject: string) {
  await drainAfterResponse();
  return stack.mailbox
    .messagesTo(await addressOf(userId))
    .filter((email) => email.subject.startsWith(subject));
}

it("a reported key ends at once, its neighbors go on, and the log says who reported what", async () => {
  const owner = await member();
  const leaked = await create(owner);
  const neighbor = await create(owner);
  await use(leaked.secret);
  expect(await report(leaked.secret)).toEqual([["api_key", "revoked"]]);
  await expect(use(leaked.secret)).rejects.toMatchObject({ code: "api_key_revoked" });
  expect(await use(neighbor.secret)).toMatchObject({ apiKeyId: idOf(neighbor) });
  const entries = await entriesOf(owner.orgId, "key.revoked");
  expect(entries).toMatchObject([byAFinder({ id: leaked.id })]);
  expect(JSON.stringify(entries)).not.toContain(leaked.secret);
});

it("a key within its grace period ends too, and its replacement stays", async () => {
  const owner = await member();
  const old = await create(owner);
  const successor = await rotateKey(db(), { principal: owner, input: { id: idOf(old), grace: "24h" } });
  expect(await report(old.secret)).toEqual([["api_key", "revoked"]]);
  expect(await use(successor.secret)).toMatchObject({ apiKeyId: idOf(successor) });
});

it("its creator and the owners are emailed once, without the secret, its name or where it was found", async () => {
  const owner = await member();
  const developer = await colleague(owner, "developer");
  const key = await create(developer, { name: "A name of theirs" });
  await Promise.all([report(key.secret), report(key.secret), report(key.secret)]);
  for (const { userId } of [owner, developer]) {
    const [email, ...more] = await emailsTo(userId, "We revoked an API key");
    expect(more).toEqual([]);
    expect(email?.text).toContain(`/keys/${key.id}`);
    expect(email?.text).not.toMatch(new RegExp(`${key.secret}|A name of theirs|paste\\.example`));
  }
});

it("a secret that is not one of ours, or off by a letter, ends nothing", async () => {
  const owner = await member();
  const key = await create(owner);
  const wrong = key.secret.slice(0, -1) + other(key.secret.slice(-1));
  expect(await report(wrong, "sk-proj-abcdef", "whsec_C2FVsBQIhrscChlQIMV2b3Vyc2VjcmV0")).toEqual([
    [null, "not_a_key"],
    [null, "not_a_key"],
    [null, "not_a_key"],
  ]);
  expect((await listKeys(db(), { principal: owner, input: { limit: 5 } })).data).toMatchObject([
    { status: "active" },
  ]);
});

it("a reported SCIM token ends at once, its neighbor goes on, and its maker and the owners are told once", async () => {
  const { principal: owner, orgId } = await makeCompany();
  const leaked = await createDirectoryToken(db(), { principal: owner });
  const neighbor = await createDirectoryToken(db(), { principal: owner });
  expect((await Promise.all([report(leaked.secret), report(leaked.secret)])).flat().sort()).toEqual([
    ["scim_token", "not_active"],
    ["scim_token", "revoked"],
  ]);
  await expect(resolveDirectoryToken(db(), leaked.secret)).rejects.toMatchObject({
    code: "invalid_access_token",
  });
  expect(await resolveDirectoryToken(db(), neighbor.secret)).toMatchObject({ orgId });
  expect(await entriesOf(orgId, "directory.token_revoked")).toMatchObject([byAFinder({ id: leaked.id })]);
  const emails = await emailsTo(owner.userId, "We revoked a SCIM token");
  expect(emails).toHaveLength(1);
  expect(emails[0]?.text).toContain(`${leaked.prefix}…${leaked.last_four}`);
  expect(emails[0]?.text).not.toMatch(new RegExp(`${leaked.secret}|paste\\.example`));
});

async function makeApp() {
  const principal = await principalOf((await makeUser({ verified: true })).claims);
  const app = await registerApp(db(), {
    principal,
    input: registerAppInputSchema.parse({
      name: "Marble Reports",
      homepage_url: "https://app.example.com",
      redirect_uris: ["https://app.example.com/callback"],
      scopes: ["models:read"],
      confidential: true,
    }),
  });
  const id = fromPublicId("app", app.id);
  const works = (secret: string) => isAppSecret(db(), { appId: id, secret });
  return { principal, app, id, secret: app.client_secret ?? "", works };
}

it("a reported client secret ends at once, and its app becomes no public one", async () => {
  const { principal, app, secret, works } = await makeApp();
  expect(await works(secret)).toBe(true);
  expect(await report(secret)).toEqual([["app_secret", "revoked"]]);
  expect(await works(secret)).toBe(false);
  const { data } = await listApps(db(), { orgId: principal.orgId, input: { limit: 5 } });
  expect(data).toMatchObject([{ id: app.id, confidential: true }]);
  expect(await entriesOf(principal.orgId, "app.secret_revoked")).toMatchObject([byAFinder({ id: app.id })]);
  expect(await emailsTo(principal.userId, "We revoked a client secret")).toHaveLength(1);
  expect(await report(secret)).toEqual([["app_secret", "not_active"]]);
});

it("a client secret that was rotated ends before its overlap does, and its replacement stays", async () => {
  const { principal, id, secret, works } = await makeApp();
  const { client_secret: successor } = await rotateAppSecret(db(), { principal, id });
  expect(await works(secret)).toBe(true);
  expect(await report(secret)).toEqual([["app_secret", "revoked"]]);
  expect([await works(secret), await works(successor)]).toEqual([false, true]);
});

it.each(["refresh_token", "access_token"] as const)(
  "a reported %s ends its session, leaves others, and its person is told",
  async (kind) => {
    const { view, claims, orgId, userId } = await makeUser({ verified: true });
    const others = (await makeUser()).view;
    expect(await report(view[kind])).toEqual([[kind, "revoked"]]);
    expect(await loadUserPrincipal(db(), claims)).toBeNull();
    const again = { refresh_token: view.refresh_token, ip: null };
    await expect(refreshSession(db(), again)).rejects.toMatchObject({ code: "invalid_refresh_token" });
    await refreshSession(db(), { refresh_token: others.refresh_token, ip: null });
    expect(await entriesOf(orgId, "auth.session_revoked")).toMatchObject([byAFinder({ type: "session" })]);
    expect(await emailsTo(userId, "We ended a session")).toHaveLength(1);
    expect(await report(view.refresh_token)).toEqual([["refresh_token", "not_active"]]);
  },
);

it.each(["refresh_token", "access_token"] as const)(
  "an app's reported %s ends the connection, and its person is told",
  async (kind) => {
    const principal = await principalOf((await makeUser({ verified: true })).claims);
    const connection = await connectApp(principal);
    const access_token = await signAppToken(principal, connection);
    const refresh_token = randomToken();
    await saveArtifact(db(), {
      kind: "RefreshToken",
      secret: refresh_token,
      payload: { grantId: connection.grantId },
      grantId: fromPublicId("agr", connection.grantId),
      seconds: 600,
    });
    expect(await resolveAppToken(db(), access_token)).toMatchObject({ kind: "app" });
    expect(await report({ access_token, refresh_token }[kind])).toEqual([[kind, "revoked"]]);
    await expect(resolveAppToken(db(), access_token)).rejects.toMatchObject({ code: "invalid_access_token" });
    expect(await report(access_token, refresh_token)).toEqual([
      ["access_token", "not_active"],
      ["refresh_token", "not_active"],
    ]);
    expect(await entriesOf(principal.orgId, "auth.oauth_revoked")).toMatchObject([
      byAFinder({ id: connection.appId }),
    ]);
    expect(await emailsTo(principal.userId, "We disconnected an app")).toHaveLength(1);
  },
);

it("a token whose signature is not ours ends no session", async () => {
  const { view, claims } = await makeUser();
  const [header, payload, signature = ""] = view.access_token.split(".");
  const forged = [header, payload, [...signature].reverse().join("")].join(".");
  expect(await report(forged)).toEqual([["access_token", "not_a_key"]]);
  expect(await loadUserPrincipal(db(), claims)).not.toBeNull();
});

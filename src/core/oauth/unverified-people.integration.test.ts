import { randomUUID } from "node:crypto";
import { afterAll, expect, it } from "vitest";
import { makeUser, principalOf, type TestUser } from "../../../infra/testing/make-user";
import { useTestStack } from "../../../infra/testing/use-test-stack";
import { fromPublicId, type UserPrincipal } from "../platform";
import { drainAfterResponse } from "../platform/concurrency/after-response";
import { closeDb, db } from "../platform/db/client";
import {
  deleteApp,
  findGrant,
  giveGrant,
  isAppSecret,
  listApps,
  registerApp,
  registerAppInputSchema,
  rotateAppSecret,
  updateApp,
} from "./index";

await useTestStack();
afterAll(async () => {
  await drainAfterResponse();
  await closeDb();
});

const refused = { code: "email_not_verified", status: 403 };
const input = registerAppInputSchema.parse({
  name: "Marble Reports",
  homepage_url: "https://app.example.com",
  redirect_uris: ["https://app.example.com/callback"],
  scopes: ["openid", "models:read"],
  confidential: true,
});

const register = (principal: UserPrincipal) => registerApp(db(), { principal, input });
const setVerified = ({ userId }: { userId: string }, emailVerifiedAt: Date | null) =>
  db().user.update({ where: { id: userId }, data: { emailVerifiedAt } });

/** A verified owner's app, and a colleague of theirs who manages apps as well and whose email is not verified. */
async function organization() {
  const owner = await principalOf((await makeUser({ verified: true })).claims);
  const app = await register(owner);
  const newcomer = await makeUser();
  await db().membership.create({
    data: { orgId: owner.orgId, userId: newcomer.userId, role: "admin", createdAt: new Date() },
  });
  return {
    owner,
    app,
    id: fromPublicId("app", app.id),
    newcomer: { ...(await principalOf(newcomer.claims)), orgId: owner.orgId },
  };
}

it("an unverified person registers no app, and changes, rotates or re-points none of their organization's", async () => {
  const alone = await principalOf((await makeUser()).claims);
  await expect(register(alone)).rejects.toMatchObject(refused);
  const { owner, app, id, newcomer } = await organization();
  await expect(register(newcomer)).rejects.toMatchObject(refused);
  await expect(rotateAppSecret(db(), { principal: newcomer, id })).rejects.toMatchObject(refused);
  const repointed = { id, redirect_uris: ["https://elsewhere.example.com/callback"] };
  await expect(updateApp(db(), { principal: newcomer, input: repointed })).rejects.toMatchObject(refused);
  const { data } = await listApps(db(), { orgId: owner.orgId, input: { limit: 5 } });
  expect(data).toMatchObject([
    { id: app.id, redirect_uris: input.redirect_uris, previous_secret_until: null },
  ]);
  expect(await isAppSecret(db(), { appId: id, secret: app.client_secret ?? "" })).toBe(true);
});

it("they may still delete one, and everything once they have verified, with the same session", async () => {
  const { id, newcomer } = await organization();
  await setVerified(newcomer, new Date());
  // The row is asked: this principal is from before.
  expect(await rotateAppSecret(db(), { principal: newcomer, id })).toHaveProperty("client_secret");
  await setVerified(newcomer, null);
  expect(await deleteApp(db(), { principal: newcomer, id })).toMatchObject({ deleted: true });
});

it("an account whose address may be another's connects no app, and neither does a provisional one", async () => {
  const { id } = await organization();
  const known = await makeUser({ verified: true });
  const unproven = await makeUser();
  // The same response as any other sign-up; what it makes can never be verified.
  const provisional = await makeUser({ email: known.email, password: `another ${randomUUID()}` });
  expect(await isProvisional(provisional)).toBe(true);
  for (const { claims } of [unproven, provisional]) {
    const principal = await principalOf(claims);
    const consent = { principal, appId: id, orgId: principal.orgId, scopes: ["openid"] as const };
    await expect(giveGrant(db(), consent)).rejects.toMatchObject(refused);
    await expect(register(principal)).rejects.toMatchObject(refused);
  }
  expect(await db().oauthGrant.count({ where: { appId: id } })).toBe(0);
});

it("a grant from before gets no further token while its person is unverified", async () => {
  const { id, owner } = await organization();
  const { grantId } = await giveGrant(db(), {
    principal: owner,
    appId: id,
    orgId: owner.orgId,
    scopes: ["openid"],
  });
  expect(await findGrant(db(), grantId)).toMatchObject({ userId: owner.userId });
  await setVerified(owner, null);
  expect(await findGrant(db(), grantId)).toBeUndefined();
});

async function isProvisional({ userId }: TestUser): Promise<boolean> {
  return (await db().user.count({ where: { id: userId, provisionalIndex: { not: null } } })) === 1;
}

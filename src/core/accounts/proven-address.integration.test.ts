import { randomUUID } from "node:crypto";
import { describe, expect, it } from "vitest";
import { makeUser } from "../../../infra/testing/make-user";
import { createKey, createKeyInputSchema, verifyApiKey } from "../keys";
import { createOrganization, getInvitation, inviteMember, revokeKeysAndInvitations } from "../members";
import { drainAfterResponse } from "../platform/concurrency/after-response";
import { db } from "../platform/db/client";
import {
  emailIndex,
  forgetPrincipals,
  getVerification,
  loadUserPrincipal,
  loginToPortal,
  registerUser,
  requestPasswordReset,
  resendVerification,
  resetPassword,
  verifyEmail,
  verifyEmailAtPortal,
} from "./";
import {
  attackers,
  chosen,
  nothingLeft,
  password,
  preHijacked,
  principalOf,
  signsIn,
  stack,
  token,
  victims,
} from "./testing/pre-hijacked";

describe("the owner who registered themselves", () => {
  it("verifies in the browser they are signed in with, keeps the password, and gets a fresh session", async () => {
    const { email, principal, portal, ended } = await preHijacked();
    const link = await token(email, "/verify");
    expect(await getVerification(db(), { token: link, principal })).toEqual({
      email,
      needs_password: false,
    });
    expect(await getVerification(db(), { token: link, principal: null })).toEqual({
      email,
      needs_password: true,
    });
    const { view, session } = await verifyEmailAtPortal(db(), {
      token: link,
      ...attackers,
      principal,
      revokeKeysAndInvitations,
    });
    expect(view).toEqual({ email_verified: true });
    expect(session?.sessionId).not.toBe(portal.sessionId);
    expect(await ended()).toMatchObject(nothingLeft);
    expect(await signsIn(email, password)).toBe(true);
  });

  it("keeps the password over the API from the network they registered from, or by giving it", async () => {
    for (const proof of [attackers, { ...victims, password }]) {
      const { email } = await preHijacked();
      const link = await token(email, "/verify");
      expect(await verifyEmail(db(), { token: link, ...proof, revokeKeysAndInvitations })).toEqual({
        email_verified: true,
      });
      expect(await signsIn(email, password)).toBe(true);
    }
  });

  it("is refused a weak password, with the link left usable and nothing ended", async () => {
    const { email, ended } = await preHijacked();
    const link = await token(email, "/verify");
    const proof = { token: link, ...victims, principal: null, revokeKeysAndInvitations };
    await expect(verifyEmailAtPortal(db(), { ...proof, password: "short" })).rejects.toMatchObject({
      code: "weak_password",
      param: "password",
    });
    expect((await ended()).keys).toBe("works");
    await verifyEmailAtPortal(db(), { ...proof, password: chosen });
  });

  it("who is signed in to another account verifies this one and stays signed in there", async () => {
    const [account, other] = [await preHijacked(), await preHijacked()];
    const link = await token(account.email, "/verify");
    const proof = { token: link, ...victims, principal: other.principal, revokeKeysAndInvitations };
    await expect(verifyEmailAtPortal(db(), proof)).rejects.toMatchObject({ param: "password" });
    const { session } = await verifyEmailAtPortal(db(), { ...proof, password: chosen });
    expect(session).toBeUndefined();
    forgetPrincipals(other.userId);
    expect(await loadUserPrincipal(db(), { kind: "session", ...other.portal })).not.toBeNull();
  });
});

describe("every password reset", () => {
  it("ends keys and open invitations in every organization, and tells the other owners", async () => {
    const email = `ada.${randomUUID()}@example.com`;
    await registerUser(db(), { email, password, name: "Ada", ...victims });
    await db().user.update({
      where: { emailIndex: emailIndex(email) },
      data: { emailVerifiedAt: new Date() },
    });
    const portal = await loginToPortal(db(), { email, password, ...victims });
    const claims = { kind: "session" as const, ...portal };
    await createOrganization(db(), { principal: await principalOf(claims), name: "Engines" });
    forgetPrincipals(portal.userId);
    const atWork = await principalOf({ ...claims, orgId: undefined });
    const boss = `boss.${randomUUID()}@example.com`;
    const { userId: bossId } = await makeUser({ email: boss, password, name: "Boss" });
    await db().membership.create({
      data: { orgId: atWork.orgId, userId: bossId, role: "owner", createdAt: new Date() },
    });
    const guest = `guest.${randomUUID()}@example.com`;
    await inviteMember(db(), { principal: atWork, input: { email: guest, role: "admin" } });
    const invitation = await token(guest, "/invite");
    expect(await getInvitation(db(), { token: invitation })).toMatchObject({ organization: "Engines" });
    const { secret } = await createKey(db(), {
      principal: atWork,
      input: createKeyInputSchema.parse({ name: "production", environment: "live" }),
    });
    await requestPasswordReset(db(), { email, ...victims });
    await resetPassword(db(), {
      token: await token(email, "/reset-password"),
      password: chosen,
      ...victims,
      revokeKeysAndInvitations,
    });
    await expect(getInvitation(db(), { token: invitation })).rejects.toMatchObject({
      code: "invalid_token",
    });
    await expect(verifyApiKey(db(), secret, { ip: null })).rejects.toMatchObject({ code: "api_key_revoked" });
    // A process that still has the old principal in its cache cannot invite anybody either.
    const late = inviteMember(db(), { principal: atWork, input: { email: boss, role: "viewer" } });
    await expect(late).rejects.toMatchObject({ code: "missing_credentials" });
    await drainAfterResponse();
    expect(stack.mailbox.messagesTo(boss)[0]).toMatchObject({ subject: "API keys of a member ended" });
  });

  it("leaves what others made alone", async () => {
    const [mine, other] = [await preHijacked(), await preHijacked()];
    await resetPassword(db(), {
      token: await mine.resetLink(),
      password: chosen,
      ...victims,
      revokeKeysAndInvitations,
    });
    expect(await other.ended()).toMatchObject({ keys: "works", grants: 2 });
    await resendVerification(db(), { userId: other.userId });
  });
});

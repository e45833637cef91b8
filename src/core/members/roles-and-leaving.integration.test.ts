import { describe, expect, it, vi } from "vitest";
import { createKey, createKeyInputSchema, rotateKey, updateKey, verifyApiKey } from "../keys";
import { fromPublicId, type OrgRole } from "../platform";
import { drainAfterResponse } from "../platform/concurrency/after-response";
import { db } from "../platform/db/client";
import { renderEmail } from "../platform/mail";
import { sendEmail } from "../platform/mail/send-email";
import { acceptInvitation, inviteMember, leaveOrganization } from "./";
import {
  change,
  code,
  emailedToken,
  join,
  now,
  remove,
  rolesIn,
  type Someone,
  someone,
} from "./testing/people";

// Captures the emails instead of sending them.
vi.mock("../platform/mail/send-email", async (load) => {
  const real = await load<typeof import("../platform/mail/send-email")>();
  return { ...real, sendEmail: vi.fn(async () => {}) };
});

describe("roles", () => {
  it("are managed by owners and admins, and owners by owners alone", async () => {
    const [ada, bob, cy] = [await someone(), await someone(), await someone()];
    await join(ada, bob, "admin");
    await join(ada, cy, "developer");
    expect(await code(change(cy, cy, "admin"))).toBe("insufficient_role");
    expect(await code(change(bob, cy, "billing"))).toBe("ok");
    expect(await code(change(bob, cy, "owner"))).toBe("insufficient_role");
    expect(await code(change(bob, ada, "viewer"))).toBe("insufficient_role");
    expect(await code(change(ada, cy, "owner"))).toBe("ok");
    expect((await now(cy)).role).toBe("owner");
  });

  it("reach people of one's own organization only", async () => {
    const [ada, eve] = [await someone(), await someone()];
    expect(await code(change(eve, ada, "viewer"))).toBe("not_found");
    expect(await code(remove(eve, ada))).toBe("not_found");
    expect(await rolesIn(ada)).toEqual({ [ada.email]: "owner" });
  });
});

describe("the last owner", () => {
  it("cannot leave, step down or be removed", async () => {
    const [ada, bob] = [await someone(), await someone()];
    await join(ada, bob, "admin");
    const principal = await now(ada);
    expect(await code(change(ada, ada, "admin"))).toBe("conflict");
    expect(await code(leaveOrganization(db(), principal))).toBe("conflict");
    expect(await code(remove(bob, ada))).toBe("insufficient_role");
  });

  it("stays one when two owners demote each other at the same moment", async () => {
    const [ada, bob] = [await someone(), await someone()];
    await join(ada, bob, "owner");
    const { orgId } = await now(ada);
    await Promise.all([code(change(ada, bob, "viewer")), code(change(bob, ada, "viewer"))]);
    const owners = await db().membership.count({ where: { orgId, role: "owner" } });
    expect(owners).toBe(1);
  });
});

describe("leaving and being removed", () => {
  it("moves the person's session to their personal organization instead of signing them out", async () => {
    const [ada, bob] = [await someone(), await someone()];
    const home = (await now(bob)).orgId;
    await join(ada, bob, "developer");
    await remove(ada, bob);
    expect(await now(bob)).toMatchObject({ orgId: home, role: "owner" });
    await join(ada, bob, "viewer");
    await leaveOrganization(db(), await now(bob));
    expect((await now(bob)).orgId).toBe(home);
    expect(Object.keys(await rolesIn(ada))).toEqual([ada.email]);
  });

  it("is refused from the only organization one has", async () => {
    const [ada, bob] = [await someone(), await someone()];
    await join(ada, bob, "owner");
    const { orgId } = await now(ada);
    await db().membership.deleteMany({ where: { userId: bob.claims.userId, orgId: { not: orgId } } });
    expect(await code(leaveOrganization(db(), await now(bob)))).toBe("conflict");
  });
});

describe("keys of a member", () => {
  const make = async (creator: Someone, settings: Record<string, unknown> = {}) =>
    createKey(db(), {
      principal: await now(creator),
      input: createKeyInputSchema.parse({ name: "CI", environment: "live", ...settings }),
    });
  const use = (key: { secret: string }) => verifyApiKey(db(), key.secret, { ip: null });
  const works = (key: { secret: string }) => code(use(key));
  const entries = async (orgId: string, action: string) =>
    db().auditLog.findMany({ where: { orgId, action }, orderBy: { sequence: "asc" } });
  const emailsTo = async (address: string) => {
    await drainAfterResponse();
    const sent = vi.mocked(sendEmail).mock.calls.filter(([{ to }]) => to === address);
    return await Promise.all(
      sent.map(async ([email]) => `${email.subject} ${(await renderEmail(email)).text}`),
    );
  };
  async function team(role: OrgRole) {
    const [ada, bob] = [await someone("Ada"), await someone("Bob")];
    await join(ada, bob, role);
    return { ada, bob, orgId: (await now(ada)).orgId };
  }

  it("who is removed end at once; keys of others go on, and both are recorded and emailed", async () => {
    const { ada, bob, orgId } = await team("developer");
    const [his, hers] = [await make(bob), await make(ada)];
    expect([await works(his), await works(hers)]).toEqual(["ok", "ok"]);
    vi.mocked(sendEmail).mockClear();
    expect(await remove(ada, bob)).toMatchObject({
      object: "member",
      deleted: true,
      keys_ended: 1,
      keys_kept: 0,
    });
    expect([await works(his), await works(hers)]).toEqual(["api_key_revoked", "ok"]);
    expect(await entries(orgId, "key.revoked")).toMatchObject([
      { actorId: ada.claims.userId, targetId: fromPublicId("key", his.id) },
    ]);
    expect((await entries(orgId, "member.removed"))[0]?.details).toMatchObject({
      keys_ended: 1,
      keys_kept: 0,
    });
    expect(await emailsTo(bob.email)).toEqual([expect.stringMatching(/1 API key ended/)]);
  });

  it("who is removed go on when the one who decides answers for them from then on", async () => {
    const { ada, bob, orgId } = await team("developer");
    const his = await make(bob);
    expect(await remove(ada, bob, "keep")).toMatchObject({ keys_ended: 0, keys_kept: 1 });
    expect(await use(his)).toMatchObject({ userId: ada.claims.userId });
    expect(await entries(orgId, "key.taken_over")).toHaveLength(1);
    // The new owner of the keys decides over them as over keys that they created.
    await join(ada, bob, "owner");
    await change(bob, ada, "viewer", "end");
    expect(await works(his)).toBe("api_key_revoked");
  });

  it("who is demoted are narrowed to the role that is left, unless they are ended or kept", async () => {
    const { ada, bob, orgId } = await team("admin");
    const [broad, fitting, audit] = [
      await make(bob, { scopes: ["inference:write", "inference:read", "audit:read"] }),
      await make(bob, { scopes: ["inference:read", "usage:read"] }),
      await make(bob, { scopes: ["audit:read"] }),
    ];
    vi.mocked(sendEmail).mockClear();
    const { members } = await change(ada, bob, "developer");
    expect(members.find(({ email }) => email === bob.email)).toMatchObject({
      keys: 2,
      keys_beyond: { developer: 0, viewer: 1, billing: 2 },
    });
    expect([...(await use(broad)).scopes]).toEqual(["inference:write", "inference:read"]);
    expect([...(await use(fitting)).scopes]).toEqual(["inference:read", "usage:read"]);
    // Nothing is left of it.
    expect(await works(audit)).toBe("api_key_revoked");
    expect((await entries(orgId, "member.role_changed"))[0]?.details).toMatchObject({
      keys_narrowed: 1,
      keys_ended: 1,
    });
    expect((await entries(orgId, "key.narrowed"))[0]?.details).toMatchObject({
      scopes: "inference:write inference:read",
    });
    expect(await emailsTo(bob.email)).toHaveLength(1);

    await change(ada, bob, "viewer", "keep");
    expect([...(await use(broad)).scopes]).toEqual(["inference:write", "inference:read"]);
    expect((await use(broad)).userId).toBe(ada.claims.userId);
    expect((await use(fitting)).userId).toBe(bob.claims.userId);
    await change(ada, bob, "billing", "end");
    expect(await works(fitting)).toBe("api_key_revoked");
  });

  it("cannot be kept by those who demote themselves", async () => {
    const { ada, bob } = await team("owner");
    await make(ada, { scopes: ["audit:read"] });
    expect(await code(change(ada, ada, "developer", "keep"))).toBe("insufficient_scope");
    expect(await rolesIn(bob)).toMatchObject({ [ada.email]: "owner" });
  });

  it("that are live cannot be kept by whoever has not confirmed their address", async () => {
    const { ada, bob } = await team("developer");
    const his = await make(bob);
    await db().user.update({ where: { id: ada.claims.userId }, data: { emailVerifiedAt: null } });
    expect(await code(remove(ada, bob, "keep"))).toBe("email_not_verified");
    expect(await rolesIn(ada)).toMatchObject({ [bob.email]: "developer" });
    expect(await use(his)).toMatchObject({ userId: bob.claims.userId });
  });

  it("of those who leave end, and the owners are told", async () => {
    const { ada, bob, orgId } = await team("developer");
    const his = await make(bob);
    vi.mocked(sendEmail).mockClear();
    expect(await leaveOrganization(db(), await now(bob))).toEqual({ left: true, keys_ended: 1 });
    expect(await works(his)).toBe("api_key_revoked");
    expect(await entries(orgId, "key.revoked")).toMatchObject([{ actorId: bob.claims.userId }]);
    expect(await emailsTo(ada.email)).toEqual([expect.stringMatching(/1 API key that they created/)]);
  });

  it("that were rotated by somebody else are theirs: they stay when the first creator goes", async () => {
    const { ada, bob } = await team("developer");
    const his = await make(bob);
    const hers = await rotateKey(db(), {
      principal: await now(ada),
      input: { id: fromPublicId("key", his.id), grace: "7d" },
    });
    await remove(ada, bob);
    expect([await works(his), await works(hers)]).toEqual(["api_key_revoked", "ok"]);
  });

  it("are not created, rotated or changed by a session that has not seen its demotion yet", async () => {
    const { ada, bob } = await team("developer");
    const [stale, his] = [await now(bob), await make(bob)];
    const id = fromPublicId("key", his.id);
    await change(ada, bob, "viewer", "keep");
    const input = createKeyInputSchema.parse({ name: "Late", environment: "test" });
    expect(await code(createKey(db(), { principal: stale, input }))).toBe("insufficient_role");
    expect(await code(rotateKey(db(), { principal: stale, input: { id, grace: "now" } }))).toBe(
      "insufficient_role",
    );
    expect(await code(updateKey(db(), { principal: stale, input: { id, name: "Mine" } }))).toBe(
      "insufficient_role",
    );
    await remove(ada, bob);
    expect(await code(createKey(db(), { principal: stale, input }))).toBe("insufficient_role");
  });

  it("leave no way back: what a demoted or removed member offered to others is withdrawn", async () => {
    const { ada, bob, orgId } = await team("admin");
    const guest = await someone();
    const offer = async () => {
      await inviteMember(db(), { principal: await now(bob), input: { email: guest.email, role: "admin" } });
      return await emailedToken(guest.email);
    };
    const accept = async (token: string) =>
      code(acceptInvitation(db(), { principal: await now(guest), token }));
    const first = await offer();
    await change(ada, bob, "developer");
    expect(await accept(first)).toBe("invalid_token");
    await change(ada, bob, "admin");
    const second = await offer();
    await remove(ada, bob);
    expect(await accept(second)).toBe("invalid_token");
    expect(await entries(orgId, "member.invitation_revoked")).toHaveLength(2);
    expect(await rolesIn(ada)).toEqual({ [ada.email]: "owner" });
  });
});

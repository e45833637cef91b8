import { randomUUID } from "node:crypto";
import { afterAll, beforeEach, describe, expect, it, vi } from "vitest";
import { after } from "../../../infra/testing/clock";
import { makeUser, principalOf, signInToPortal } from "../../../infra/testing/make-user";
import { useTestStack } from "../../../infra/testing/use-test-stack";
import type { SessionClaims } from "../accounts";
import { flushAudit } from "../audit";
import {
  createKey,
  createKeyInputSchema,
  type KeyDisposition,
  rotateKey,
  updateKey,
  verifyApiKey,
} from "../keys";
import { DAY } from "../platform/clock";
import { drainAfterResponse } from "../platform/concurrency/after-response";
import { closeDb, db } from "../platform/db/client";
import { fromPublicId, toPublicId } from "../platform/ids";
import { renderEmail } from "../platform/mail/render-email";
import { sendEmail } from "../platform/mail/send-email";
import type { OrgRole, UserPrincipal } from "../platform/principal";
import { transactWithKeys } from "../privacy";
import {
  acceptInvitation,
  changeRole,
  changeRoleInputSchema,
  createOrganization,
  getInvitation,
  inviteMember,
  leaveOrganization,
  listMembers,
  listOrganizations,
  removeMember,
  removeMemberInputSchema,
  revokeInvitation,
  switchOrganization,
  transferOwnership,
} from ".";
import { endMembership } from "./membership/end-membership";

// What would leave for the mail server, kept.
vi.mock("../platform/mail/send-email", async (load) => {
  const real = await load<typeof import("../platform/mail/send-email")>();
  return { ...real, sendEmail: vi.fn(async () => {}) };
});

await useTestStack();
afterAll(async () => {
  await drainAfterResponse();
  await flushAudit();
  await closeDb();
});
beforeEach(() => {
  vi.mocked(sendEmail).mockClear();
});

interface Someone {
  email: string;
  claims: SessionClaims;
}

/** Registered, confirmed and signed in at the portal. */
async function someone(name = "Ada"): Promise<Someone> {
  const user = await makeUser({ name, verified: true });
  return { email: user.email, claims: await signInToPortal(user) };
}

/** As the next call would see them: role and organization of this moment. */
const now = ({ claims }: Someone) => principalOf(claims);

async function emailedToken(to: string): Promise<string> {
  await drainAfterResponse();
  const email = vi.mocked(sendEmail).mock.calls.findLast(([sent]) => sent.to === to)?.[0];
  const text = email === undefined ? "" : (await renderEmail(email)).text;
  const token = /token=([\w-]+)/.exec(text)?.[1];
  if (token === undefined) throw new Error("no invitation was emailed");
  return token;
}

async function join(host: Someone, guest: Someone, role: OrgRole): Promise<void> {
  await inviteMember(db(), { principal: await now(host), input: { email: guest.email, role } });
  await acceptInvitation(db(), { principal: await now(guest), token: await emailedToken(guest.email) });
}

const code = (promise: Promise<unknown>) =>
  promise.then(
    () => "ok",
    (error: { code?: string }) => error.code ?? String(error),
  );
/** As they come in: with what stands for what was not said. */
const change = async (by: Someone, whom: Someone, role: OrgRole, keys?: KeyDisposition) =>
  changeRole(db(), {
    principal: await now(by),
    input: changeRoleInputSchema.parse({ user_id: idOf(whom), role, keys }),
  });
const remove = async (by: Someone, whom: Someone, keys?: "end" | "keep") =>
  removeMember(db(), {
    principal: await now(by),
    input: removeMemberInputSchema.parse({ user_id: idOf(whom), keys }),
  });
const idOf = ({ claims }: Someone) => toPublicId("usr", claims.userId);
const rolesIn = async (host: Someone) =>
  Object.fromEntries(
    (await listMembers(db(), await now(host))).members.map(({ email, role }) => [email, role]),
  );

describe("inviting", () => {
  it("mails a link that makes its reader a member in the role offered", async () => {
    const [ada, bob] = [await someone("Ada"), await someone("Bob")];
    await inviteMember(db(), { principal: await now(ada), input: { email: bob.email, role: "developer" } });
    const token = await emailedToken(bob.email);
    expect(await getInvitation(db(), { token })).toMatchObject({ role: "developer", invited_by: "Ada" });
    const joined = await acceptInvitation(db(), { principal: await now(bob), token });
    expect(joined).toMatchObject({ role: "developer" });
    expect(await rolesIn(ada)).toEqual({ [ada.email]: "owner", [bob.email]: "developer" });
    expect((await now(bob)).orgId).toBe((await now(ada)).orgId);
  });

  it("admits nobody but the address the mail went to", async () => {
    const [ada, bob, eve] = [await someone(), await someone(), await someone()];
    await inviteMember(db(), { principal: await now(ada), input: { email: bob.email, role: "viewer" } });
    const token = await emailedToken(bob.email);
    expect(await code(acceptInvitation(db(), { principal: await now(eve), token }))).toBe("conflict");
    expect(Object.keys(await rolesIn(ada))).toEqual([ada.email]);
    expect(await code(acceptInvitation(db(), { principal: await now(bob), token }))).toBe("ok");
  });

  it("works once, also for two clicks at the same moment", async () => {
    const [ada, bob] = [await someone(), await someone()];
    await inviteMember(db(), { principal: await now(ada), input: { email: bob.email, role: "viewer" } });
    const token = await emailedToken(bob.email);
    const principal = await now(bob);
    const clicks = await Promise.all([1, 2].map(() => code(acceptInvitation(db(), { principal, token }))));
    expect(clicks.toSorted()).toEqual(["invalid_token", "ok"]);
    expect(await code(getInvitation(db(), { token }))).toBe("invalid_token");
  });

  it("ends with time, with a newer invitation and when it is withdrawn", async () => {
    const [ada, bob] = [await someone(), await someone()];
    const input = { email: bob.email, role: "viewer" as const };
    await inviteMember(db(), { principal: await now(ada), input });
    const first = await emailedToken(bob.email);
    const second = await inviteMember(db(), { principal: await now(ada), input });
    expect(await code(getInvitation(db(), { token: first }))).toBe("invalid_token");
    const token = await emailedToken(bob.email);
    const later = after(8 * DAY);
    expect(await code(getInvitation(db(), { token }, later))).toBe("invalid_token");
    expect(await code(getInvitation(db(), { token }))).toBe("ok");
    const withdrawn = { principal: await now(ada), id: fromPublicId("inv", second.id) };
    expect(await revokeInvitation(db(), withdrawn)).toEqual({
      id: second.id,
      object: "invitation",
      deleted: true,
    });
    expect(await code(getInvitation(db(), { token }))).toBe("invalid_token");
  });

  it("keeps the address and the token out of the database in clear", async () => {
    const [ada, bob] = [await someone(), await someone()];
    await inviteMember(db(), { principal: await now(ada), input: { email: bob.email, role: "viewer" } });
    const token = await emailedToken(bob.email);
    const rows = await db().$queryRaw<{ text: string }[]>`SELECT i::text AS "text" FROM invitations i`;
    expect(rows.length).toBeGreaterThan(0);
    for (const { text } of rows) {
      expect(text).not.toContain(bob.email);
      expect(text).not.toContain(token);
    }
  });
});

describe("an invitation to own the organization", () => {
  it("is an owner's to withdraw or to replace: an admin does neither", async () => {
    const [ada, bob, guest] = [await someone(), await someone(), await someone()];
    await join(ada, bob, "admin");
    const invite = async (by: Someone, role: OrgRole) =>
      inviteMember(db(), { principal: await now(by), input: { email: guest.email, role } });
    const { id } = await invite(ada, "owner");
    const token = await emailedToken(guest.email);
    const withdraw = async (by: Someone) =>
      code(revokeInvitation(db(), { principal: await now(by), id: fromPublicId("inv", id) }));
    expect(await withdraw(bob)).toBe("insufficient_role");
    expect(await code(invite(bob, "viewer"))).toBe("insufficient_role");
    expect(await getInvitation(db(), { token })).toMatchObject({ role: "owner" });
    expect(await withdraw(ada)).toBe("ok");
    expect(await code(invite(bob, "viewer"))).toBe("ok");
  });
});

describe("a flood of invitations", () => {
  const invite = async (by: UserPrincipal, email: string = `guest.${randomUUID()}@example.com`) =>
    code(inviteMember(db(), { principal: by, input: { email, role: "viewer" } }));
  const mails = async () => {
    await drainAfterResponse();
    return vi.mocked(sendEmail).mock.calls.length;
  };
  const fill = async (by: UserPrincipal, times: number) => {
    for (let sent = 0; sent < times; sent += 10) {
      const answers = await Promise.all(Array.from({ length: Math.min(10, times - sent) }, () => invite(by)));
      expect(new Set(answers)).toEqual(new Set(["ok"]));
    }
  };

  it("ends at an organization's fifty a day, whoever sends them, and mails nothing more", async () => {
    const [ada, bob] = [await someone(), await someone()];
    await join(ada, bob, "admin");
    // The one that bob came by counts too.
    await fill(await now(ada), 24);
    await fill(await now(bob), 25);
    vi.mocked(sendEmail).mockClear();
    expect(await invite(await now(ada))).toBe("too_many_attempts");
    expect(await invite(await now(bob))).toBe("too_many_attempts");
    expect(await mails()).toBe(0);
    const { orgId } = await now(ada);
    expect(await db().invitation.count({ where: { orgId } })).toBe(50);
  }, 60_000);

  it("ends at one person's fifty a day in all of their organizations together", async () => {
    const ada = await someone();
    await fill(await now(ada), 25);
    await createOrganization(db(), { principal: await now(ada), name: "Second" });
    await fill(await now(ada), 25);
    await createOrganization(db(), { principal: await now(ada), name: "Third" });
    vi.mocked(sendEmail).mockClear();
    expect(await invite(await now(ada))).toBe("too_many_attempts");
    expect(await mails()).toBe(0);
  }, 60_000);

  it("ends at five a day to one address, from whichever organization, and takes nothing from others then", async () => {
    const [ada, eve] = [await now(await someone()), await now(await someone())];
    const target = `target.${randomUUID()}@example.com`;
    for (const by of [ada, ada, ada, eve, eve]) expect(await invite(by, target)).toBe("ok");
    vi.mocked(sendEmail).mockClear();
    expect(await invite(ada, target)).toBe("too_many_attempts");
    expect(await invite(eve, target.toUpperCase())).toBe("too_many_attempts");
    expect(await mails()).toBe(0);
    expect(await invite(ada)).toBe("ok");
    const counters = await db().$queryRaw<{ key: string }[]>`SELECT key FROM rate_limit_buckets`;
    expect(JSON.stringify(counters)).not.toContain("target.");
  });
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

describe("handing ownership over", () => {
  const name = "Ada’s organization";
  const hand = async (from: Someone, to: Someone, organization_name = name) =>
    code(
      transferOwnership(db(), {
        principal: await now(from),
        input: { user_id: to.claims.userId, organization_name },
      }),
    );

  it("makes the one an owner and the other an admin, at once, written down and told to both", async () => {
    const [ada, bob] = [await someone("Ada"), await someone("Bob")];
    await join(ada, bob, "viewer");
    const { orgId } = await now(ada);
    vi.mocked(sendEmail).mockClear();
    expect(await hand(ada, bob, ` ${name} `)).toBe("ok");
    expect(await rolesIn(ada)).toEqual({ [ada.email]: "admin", [bob.email]: "owner" });
    expect((await now(ada)).role).toBe("admin");
    expect((await now(bob)).role).toBe("owner");
    const [entry] = await db().auditLog.findMany({
      where: { orgId, action: "member.ownership_transferred" },
    });
    expect(entry).toMatchObject({ actorId: ada.claims.userId, targetId: bob.claims.userId });
    await drainAfterResponse();
    const mails = vi.mocked(sendEmail).mock.calls.map(([{ to, subject }]) => [to, subject]);
    expect(mails.toSorted()).toEqual(
      [
        [ada.email, "You transferred an organization"],
        [bob.email, "You now own an organization on AgathaAI"],
      ].toSorted(),
    );
  });

  it("is an owner's to do, to another member, with the organization's name typed", async () => {
    const [ada, bob, cy, eve] = [await someone("Ada"), await someone(), await someone(), await someone()];
    await join(ada, bob, "admin");
    await join(ada, cy, "owner");
    expect(await hand(bob, cy)).toBe("insufficient_role");
    expect(await hand(ada, eve)).toBe("not_found");
    expect(await hand(ada, ada)).toBe("conflict");
    expect(await hand(ada, cy)).toBe("conflict");
    expect(await hand(ada, bob, "Ada's organization")).toBe("invalid_request");
    expect(await rolesIn(ada)).toEqual({ [ada.email]: "owner", [bob.email]: "admin", [cy.email]: "owner" });
  });

  it("to two people at the same moment reaches one", async () => {
    const [ada, bob, cy] = [await someone("Ada"), await someone(), await someone()];
    await join(ada, bob, "admin");
    await join(ada, cy, "admin");
    const answers = await Promise.all([hand(ada, bob), hand(ada, cy)]);
    expect(answers.toSorted()).toEqual(["insufficient_role", "ok"]);
    const { orgId } = await now(ada);
    expect(await db().membership.count({ where: { orgId, role: "owner" } })).toBe(1);
  });

  it("of the only organization one has, and being removed from it, leaves a new one to come home to", async () => {
    const [ada, bob] = [await someone("Ada"), await someone("Bob")];
    await join(ada, bob, "admin");
    const { orgId } = await now(ada);
    expect(await hand(ada, bob)).toBe("ok");
    await remove(bob, ada);
    const home = await now(ada);
    expect(home.orgId).not.toBe(orgId);
    expect(home.role).toBe("owner");
    expect((await listOrganizations(db(), home)).data).toMatchObject([{ name, personal: true }]);
    expect(
      (await listOrganizations(db(), await now(bob))).data.filter(({ personal }) => personal),
    ).toHaveLength(1);
  });

  it("leaves nobody without an organization who lost their other one at the same moment", async () => {
    const [ada, bob] = [await someone("Ada"), await someone("Bob")];
    await join(ada, bob, "admin");
    await hand(ada, bob);
    const { orgId, userId } = await now(ada);
    // As `removeMember` found them before it held the team's lock: with another organization.
    const removed = transactWithKeys(db(), [], (tx) =>
      endMembership(tx, { orgId, userId, personalOrgs: new Map() }),
    );
    await expect(removed).rejects.toMatchObject({ code: "service_unavailable", retryAfterSeconds: 1 });
    expect((await now(ada)).orgId).toBe(orgId);
  });
});

describe("leaving and being removed", () => {
  it("moves the person's session home instead of signing them out", async () => {
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

  it("who is removed end with the membership, here at once; others' go on, and both are written down and told", async () => {
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
    expect(await emailsTo(bob.email)).toEqual([expect.stringMatching(/One key ended/)]);
  });

  it("who is removed go on when the one who decides answers for them from then on", async () => {
    const { ada, bob, orgId } = await team("developer");
    const his = await make(bob);
    expect(await remove(ada, bob, "keep")).toMatchObject({ keys_ended: 0, keys_kept: 1 });
    expect(await use(his)).toMatchObject({ userId: ada.claims.userId });
    expect(await entries(orgId, "key.taken_over")).toHaveLength(1);
    // Whoever answers for them now decides over them like over any other of theirs.
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
    expect(await emailsTo(ada.email)).toEqual([expect.stringMatching(/One key that they created/)]);
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

  it("are not made, rotated or changed behind a demotion that the caller's session does not know of yet", async () => {
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

describe("several organizations", () => {
  it("are listed with the current one marked, and switched between", async () => {
    const ada = await someone();
    const home = (await now(ada)).orgId;
    const made = await createOrganization(db(), { principal: await now(ada), name: "Agate Works" });
    expect(made).toMatchObject({ name: "Agate Works", role: "owner", personal: false, plan: "free" });
    const list = await listOrganizations(db(), await now(ada), { limit: 10, order: "asc" });
    expect(list.data.map(({ name, current }) => [name, current])).toEqual([
      ["Ada’s organization", false],
      ["Agate Works", true],
    ]);
    await switchOrganization(db(), { principal: await now(ada), orgId: home });
    expect((await now(ada)).orgId).toBe(home);
  });

  it("of other people cannot be switched to", async () => {
    const [ada, eve] = [await someone(), await someone()];
    const { orgId } = await now(ada);
    expect(await code(switchOrganization(db(), { principal: await now(eve), orgId }))).toBe("not_found");
  });

  it("are not made without end, also not at the same moment", async () => {
    const principal = await now(await someone());
    const made = await Promise.all(
      Array.from({ length: 6 }, (_, at) => code(createOrganization(db(), { principal, name: `Org ${at}` }))),
    );
    expect(made.filter((answer) => answer === "ok")).toHaveLength(4);
    expect(made.filter((answer) => answer === "conflict")).toHaveLength(2);
  });
});

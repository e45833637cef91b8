import { randomUUID } from "node:crypto";
import { describe, expect, it, vi } from "vitest";
import { after } from "../../../infra/testing/clock";
import { DAY, fromPublicId, type OrgRole, type UserPrincipal } from "../platform";
import { drainAfterResponse } from "../platform/concurrency/after-response";
import { db } from "../platform/db/client";
import { sendEmail } from "../platform/mail/send-email";
import { transactWithKeys } from "../privacy";
import {
  acceptInvitation,
  createOrganization,
  getInvitation,
  inviteMember,
  listOrganizations,
  revokeInvitation,
  switchOrganization,
  transferOwnership,
} from "./";
import { endMembership } from "./membership/end-membership";
import { code, emailedToken, join, now, remove, rolesIn, type Someone, someone } from "./testing/people";

// Captures the emails instead of sending them.
vi.mock("../platform/mail/send-email", async (load) => {
  const real = await load<typeof import("../platform/mail/send-email")>();
  return { ...real, sendEmail: vi.fn(async () => {}) };
});

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

  it("admits only the address that the email went to", async () => {
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
  it("can be withdrawn or replaced by an owner only, not by an admin", async () => {
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
    await drainAfterResponse();
  };

  it("ends at an organization's fifty a day, whoever sends them, and mails nothing more", async () => {
    const [ada, bob] = [await someone(), await someone()];
    await join(ada, bob, "admin");
    // The invitation that Bob accepted counts too.
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
    await drainAfterResponse();
    vi.mocked(sendEmail).mockClear();
    expect(await invite(ada, target)).toBe("too_many_attempts");
    expect(await invite(eve, target.toUpperCase())).toBe("too_many_attempts");
    expect(await mails()).toBe(0);
    expect(await invite(ada)).toBe("ok");
    const counters = await db().$queryRaw<{ key: string }[]>`SELECT key FROM rate_limit_buckets`;
    expect(JSON.stringify(counters)).not.toContain("target.");
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

  it("makes one an owner and the other an admin at once, recorded and emailed to both", async () => {
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

  it("is for owners, to another member, with the organization's name typed", async () => {
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

  it("to two people at the same moment succeeds for one", async () => {
    const [ada, bob, cy] = [await someone("Ada"), await someone(), await someone()];
    await join(ada, bob, "admin");
    await join(ada, cy, "admin");
    const answers = await Promise.all([hand(ada, bob), hand(ada, cy)]);
    expect(answers.toSorted()).toEqual(["insufficient_role", "ok"]);
    const { orgId } = await now(ada);
    expect(await db().membership.count({ where: { orgId, role: "owner" } })).toBe(1);
  });

  it("of one's only organization, or being removed from it, leaves a new personal one", async () => {
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

  it("are limited in number, also when created in parallel", async () => {
    const principal = await now(await someone());
    const made = await Promise.all(
      Array.from({ length: 6 }, (_, at) => code(createOrganization(db(), { principal, name: `Org ${at}` }))),
    );
    expect(made.filter((answer) => answer === "ok")).toHaveLength(4);
    expect(made.filter((answer) => answer === "conflict")).toHaveLength(2);
  });
});

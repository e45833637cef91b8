import { randomUUID } from "node:crypto";
import { afterAll, afterEach, describe, expect, it } from "vitest";
import { rotateIndexKeys } from "../../../../infra/testing/index-key-phases";
import { makeUser, principalOf } from "../../../../infra/testing/make-user";
import { until } from "../../../../infra/testing/until";
import { useTestStack } from "../../../../infra/testing/use-test-stack";
import { createUser, emailIndex, emailIndexes, findCompanyLink, linkToCompany, login } from "../../accounts";
import { createDirectoryUser, listDirectoryUsers } from "../../company-sign-in";
import { acceptInvitation, inviteMember } from "../../members";
import { erasePerson } from "../../org-deletion";
import { newId, systemClock } from "../../platform";
import { drainAfterResponse } from "../../platform/concurrency/after-response";
import { isAmong } from "../../platform/crypto/blind-index/blind-index";
import { indexKeys } from "../../platform/crypto/blind-index/index-keys";
import { closeDb, db } from "../../platform/db/client";
import { confirmSubscription, confirmToken } from "../../status";
import { indexedRows, rotateIndexKey } from "..";
import { countStale, reindexRows } from "./reindex-rows";

const stack = await useTestStack();
afterEach(async () => {
  await drainAfterResponse();
  indexKeys.clear();
  await toFirstKey();
});
afterAll(closeDb);

const newAddress = () => `ada.${randomUUID()}@example.com`;
const codeOf = (attempt: Promise<unknown>) =>
  attempt.then(
    () => "ok",
    (error: { code?: string }) => error.code ?? String(error),
  );
const accountsOf = (email: string) =>
  db().user.count({ where: { OR: emailIndexes(email).map((index) => ({ emailIndex: index })) } });
const create = (email: string, alongside: () => Promise<void> = async () => {}) =>
  createUser(
    db(),
    { email, name: "Ada", passwordHash: null, emailVerified: true },
    async (_tx, created) => {
      await alongside();
      return created;
    },
    systemClock,
  );

/** Every test begins with a database as it was before any rotation. */
async function toFirstKey(): Promise<void> {
  for (const table of ["email_changes", "invitations", "directory_users", "status_subscribers"])
    await db().$executeRawUnsafe(`DELETE FROM ${table}`);
  for (const [table, spec] of Object.entries(indexedRows)) await reindexRows(db(), { table, spec });
}

describe("an address, its account made before the rotation,", () => {
  it("is found before, during and after it, and then by no index of the earlier key", async () => {
    const phase = rotateIndexKeys();
    const user = await makeUser({ verified: true });
    const before = emailIndex(user.email);
    for (const at of ["before", "prepared", "during"] as const) {
      phase(at);
      expect(await codeOf(login(db(), { ...user, ip: null })), at).toBe("ok");
    }
    const done = await rotateIndexKey(db());
    expect(done).toMatchObject({ failed: 0, left: { users: 0, email_changes: 0, linked_accounts: 0 } });
    expect(done.reindexed).toBeGreaterThan(0);
    expect((await rotateIndexKey(db())).reindexed).toBe(0);
    phase("after");
    expect(await codeOf(login(db(), { ...user, ip: null }))).toBe("ok");
    expect(await db().user.count({ where: { emailIndex: before } })).toBe(0);
    const entries = await db().auditLog.findMany({ where: { action: "data.indexes_renewed" } });
    expect(entries).toMatchObject([{ details: { rows: done.reindexed, failed: 0 } }]);
  });

  it("is taken for everybody else in every phase, also where its index is under the other key", async () => {
    const phase = rotateIndexKeys();
    const old = await makeUser({ verified: true });
    phase("during");
    expect(await codeOf(create(old.email))).toBe("email_taken");
    const fresh = newAddress();
    expect(await codeOf(create(fresh))).toBe("ok");
    // A process that has not been replaced yet.
    phase("prepared");
    expect(await codeOf(create(fresh))).toBe("email_taken");
    expect(await accountsOf(fresh)).toBe(1);
    // Who registers it gets a provisional account, which is found like any other.
    const second = await makeUser({ email: old.email, password: "entirely different long words" });
    for (const at of ["during", "after"] as const) {
      phase(at);
      await rotateIndexKey(db());
      expect(await codeOf(login(db(), { ...second, ip: null })), at).toBe("ok");
      expect(await codeOf(login(db(), { ...old, ip: null })), at).toBe("ok");
    }
  });
});

describe("two sign-ups of one address at once", () => {
  it.each([
    ["prepared", "during"],
    ["during", "prepared"],
  ] as const)("by a process that is %s and one that is %s make one account", async (one, other) => {
    const phase = rotateIndexKeys();
    const email = newAddress();
    let finish = () => {};
    const held = new Promise<void>((resolve) => {
      finish = resolve;
    });
    let inserted = false;
    phase(one);
    const first = codeOf(
      create(email, async () => {
        inserted = true;
        await held;
      }),
    );
    await until(() => inserted);
    phase(other);
    const second = codeOf(create(email));
    await until(async () => (await waitingLocks()) > 0 || (await settled(second)));
    finish();
    expect([await first, await second]).toEqual(["ok", "email_taken"]);
    expect(await accountsOf(email)).toBe(1);
  });
});

async function waitingLocks(): Promise<number> {
  const [waiting] = await db().$queryRaw<{ n: number }[]>`
    SELECT count(*)::int AS n FROM pg_locks WHERE locktype = 'advisory' AND NOT granted`;
  return waiting?.n ?? 0;
}
const settled = (promise: Promise<unknown>) =>
  Promise.race([promise.then(() => true), new Promise<false>((resolve) => setTimeout(resolve, 20, false))]);

describe("what is stored of an address elsewhere", () => {
  it("an invitation from before is accepted by an account that was made or indexed since", async () => {
    const phase = rotateIndexKeys();
    const host = await makeUser({ verified: true });
    const [early, late] = [await makeUser({ verified: true }), newAddress()];
    const principal = await principalOf(host.claims);
    for (const email of [early.email, late])
      await inviteMember(db(), { principal, input: { email, role: "viewer" } });
    phase("during");
    await reindexRows(db(), { table: "users", spec: spec("users") });
    const guests = [early, await makeUser({ email: late, verified: true })];
    for (const guest of guests) {
      const invited = () =>
        stack.mailbox
          .messagesTo(guest.email)
          .map(({ text }) => /invite\?token=([\w-]+)/.exec(text)?.[1])
          .find(Boolean);
      await until(() => invited() !== undefined);
      const token = invited() ?? "";
      expect(
        await codeOf(acceptInvitation(db(), { principal: await principalOf(guest.claims), token })),
      ).toBe("ok");
    }
  });

  it("a second invitation under the current key replaces one under the earlier", async () => {
    const phase = rotateIndexKeys();
    const host = await makeUser({ verified: true });
    const principal = await principalOf(host.claims);
    const input = { email: newAddress(), role: "viewer" } as const;
    await inviteMember(db(), { principal, input });
    phase("during");
    await inviteMember(db(), { principal, input });
    expect(await db().invitation.count({ where: { orgId: host.orgId, revokedAt: null } })).toBe(1);
  });

  it("a directory names a person once, and finds them in every phase", async () => {
    const phase = rotateIndexKeys();
    const { orgId } = await makeUser({ verified: true });
    const domain = `${randomUUID().slice(0, 13)}.com`;
    const now = new Date();
    await db().organizationDomain.create({
      data: { id: newId(), orgId, domain, proof: randomUUID(), createdAt: now, verifiedAt: now },
    });
    const principal = { kind: "directory", orgId, tokenId: orgId } as const;
    const names = { displayName: null, givenName: null, familyName: null, active: false };
    const input = { userName: `grace@${domain}`, externalId: "e-1", email: `grace@${domain}`, ...names };
    await createDirectoryUser(db(), { principal, input });
    const find = async (filter: object) =>
      (await listDirectoryUsers(db(), { principal, filter, startIndex: 1, count: 5 })).total;
    for (const at of ["during", "after"] as const) {
      phase(at);
      expect(await codeOf(createDirectoryUser(db(), { principal, input })), at).toBe("conflict");
      for (const filter of [{ userName: input.userName }, { externalId: "e-1" }, { email: input.email }])
        expect(await find(filter), at).toBe(1);
      phase("during");
      await rotateIndexKey(db());
    }
  });

  it("an address is subscribed once, whichever key indexed it", async () => {
    const phase = rotateIndexKeys();
    const token = confirmToken(newAddress(), systemClock);
    await confirmSubscription(db(), { token });
    phase("during");
    await confirmSubscription(db(), { token });
    expect(await db().statusSubscriber.count()).toBe(1);
    expect((await rotateIndexKey(db())).left.status_subscribers).toBe(0);
  });

  it("a company's person stays linked, and the link is indexed anew when they come", async () => {
    const phase = rotateIndexKeys();
    const { userId } = await makeUser();
    const person = { connectionId: newId(), subject: "grace@example.com" };
    await db().$transaction((tx) => linkToCompany(tx, { ...person, userId }, systemClock));
    phase("during");
    expect((await rotateIndexKey(db())).left.linked_accounts).toBe(1);
    const again = db().$transaction((tx) => linkToCompany(tx, { ...person, userId }, systemClock));
    expect(await codeOf(again)).toBe("conflict");
    expect(await findCompanyLink(db(), person)).toBe(userId);
    expect((await rotateIndexKey(db())).left.linked_accounts).toBe(0);
    phase("after");
    expect(await findCompanyLink(db(), person)).toBe(userId);
    await db().linkedAccount.deleteMany({ where: { userId } });
  });

  it("goes with the person who is erased, under both keys, and their account is never indexed again", async () => {
    const phase = rotateIndexKeys();
    const host = await makeUser({ verified: true });
    const gone = await makeUser({ verified: true });
    const principal = await principalOf(host.claims);
    await inviteMember(db(), { principal, input: { email: gone.email, role: "viewer" } });
    await confirmSubscription(db(), { token: confirmToken(gone.email, systemClock) });
    phase("during");
    await reindexRows(db(), { table: "users", spec: spec("users") });
    await erasePerson(db(), { userId: gone.userId, erasedAt: new Date() });
    expect(await db().invitation.count({ where: { orgId: host.orgId } })).toBe(0);
    expect(await db().statusSubscriber.count()).toBe(0);
    const { emailIndex: random } = await db().user.findUniqueOrThrow({ where: { id: gone.userId } });
    expect(await rotateIndexKey(db())).toMatchObject({ failed: 0, left: { users: 0 } });
    const after = await db().user.findUniqueOrThrow({ where: { id: gone.userId } });
    expect(after.emailIndex).toEqual(random);
    expect(isAmong(after.emailIndex, emailIndexes(gone.email))).toBe(false);
  });
});

describe("the job", () => {
  it("goes on where it was interrupted", async () => {
    const phase = rotateIndexKeys();
    for (let i = 0; i < 7; i += 1) await create(newAddress());
    phase("during");
    const left = await countStale(db(), "users", spec("users"));
    const stop = new AbortController();
    const stopping = {
      ...spec("users"),
      indexesOf: (...of: Parameters<ReturnType<typeof spec>["indexesOf"]>) => {
        stop.abort();
        return spec("users").indexesOf(...of);
      },
    };
    const first = await reindexRows(db(), { table: "users", spec: stopping, signal: stop.signal });
    expect(first.reindexed).toBeGreaterThan(0);
    expect(first.reindexed).toBeLessThan(left);
    const second = await reindexRows(db(), { table: "users", spec: spec("users") });
    expect(first.reindexed + second.reindexed).toBe(left);
  });

  it("overwrites no address that was changed while it worked", async () => {
    const phase = rotateIndexKeys();
    const { userId } = await create(newAddress());
    phase("during");
    const changed = emailIndex(newAddress());
    const racing = {
      ...spec("users"),
      indexesOf: async (...of: Parameters<ReturnType<typeof spec>["indexesOf"]>) => {
        const made = await spec("users").indexesOf(...of);
        if (of[1].id === userId)
          await db().user.update({ where: { id: userId }, data: { emailIndex: changed } });
        return made;
      },
    };
    await reindexRows(db(), { table: "users", spec: racing });
    expect((await db().user.findUniqueOrThrow({ where: { id: userId } })).emailIndex).toEqual(changed);
  });

  it("does nothing, and reads no row, outside of a rotation", async () => {
    await create(newAddress());
    expect(await rotateIndexKey(db())).toEqual({ reindexed: 0, failed: 0, left: {} });
  });
});

function spec(table: string) {
  const found = indexedRows[table];
  if (found === undefined) throw new Error(`nothing is indexed in ${table}`);
  return found;
}

import { afterAll, describe, expect, it } from "vitest";
import { makeUser, principalOf } from "../../../infra/testing/make-user";
import { useTestStack } from "../../../infra/testing/use-test-stack";
import { flushAudit } from "../audit";
import { DAY, fromPublicId, HOUR, type UserPrincipal } from "../platform";
import { drainAfterResponse } from "../platform/concurrency/after-response";
import { closeDb, db } from "../platform/db/client";
import { storage } from "../platform/storage";
import { downloadExport, expireExports, listExports, makeExports, requestExport, sendExportLinks } from ".";
import { claimExport } from "./lifecycle/claim-export";

const stack = await useTestStack();

afterAll(async () => {
  await drainAfterResponse();
  await flushAudit();
  storage().close();
  await closeDb();
});

const owner = async () => {
  const user = await makeUser({ verified: true });
  // Its verification email would else be the newest.
  await drainAfterResponse();
  return { ...user, principal: await principalOf(user.claims) };
};
const request = (principal: UserPrincipal, subject: "person" | "organization" = "person", now = new Date()) =>
  requestExport(db(), { principal, subject }, { now: () => now });
const statusesOf = async (principal: UserPrincipal, subject: "person" | "organization" = "person") =>
  (await listExports(db(), { principal, subject, input: { limit: 50, order: "desc" } })).data.map(
    ({ status }) => status,
  );
const later = (ms: number) => ({ now: () => new Date(Date.now() + ms) });

async function linkTo(email: string) {
  const { text } = await stack.mailbox.waitFor(email);
  const [, id = "", token = ""] = /\/exports\/(exp_\w+)#([\w-]+)/.exec(text) ?? [];
  return { id: fromPublicId("exp", id), token };
}

/** One that is ready, with its link. */
async function ready(subject: "person" | "organization" = "person") {
  const one = await owner();
  await request(one.principal, subject);
  await makeExports(db());
  await sendExportLinks(db());
  return { ...one, link: await linkTo(one.email) };
}

const refused = { code: "not_found" };

describe("asking for an export", () => {
  it("makes one at a time for a subject, and three in 24 hours", async () => {
    const { principal } = await owner();
    const start = Date.now() - 30 * HOUR;
    const outcomes = await Promise.allSettled(
      [1, 2, 3].map(() => request(principal, "person", new Date(start))),
    );
    expect(outcomes.filter(({ status }) => status === "fulfilled").length).toBe(1);
    await expect(request(principal)).rejects.toMatchObject({ code: "conflict" });
    // The organization is another subject.
    await request(principal, "organization");
    for (const hours of [1, 2]) {
      await makeExports(db());
      await request(principal, "person", new Date(start + hours * HOUR));
    }
    await makeExports(db());
    await expect(request(principal, "person", new Date(start + 3 * HOUR))).rejects.toMatchObject({
      code: "rate_limit_exceeded",
      retryAfterSeconds: 21 * 3_600,
    });
    await request(principal, "person", new Date(start + 24.5 * HOUR));
    expect(await statusesOf(principal)).toEqual(["waiting", "ready", "ready", "ready"]);
  });

  it("is recorded in the audit log, as are the file and each download", async () => {
    const { principal, link, orgId } = await ready();
    await downloadExport(db(), { principal, input: link });
    const entries = await db().auditLog.findMany({
      where: { orgId, action: { startsWith: "data." } },
      orderBy: { sequence: "asc" },
    });
    expect(entries.map(({ action, actorType }) => [action, actorType])).toEqual([
      ["data.export_requested", "user"],
      ["data.exported", "system"],
      ["data.export_downloaded", "user"],
    ]);
  });
});

describe("the emailed link", () => {
  it("works only with its token, only for the person who asked, and only until it expires", async () => {
    const { principal, link } = await ready();
    const { principal: other } = await owner();
    await expect(downloadExport(db(), { principal: other, input: link })).rejects.toMatchObject(refused);
    const wrong = { ...link, token: "A".repeat(43) };
    await expect(downloadExport(db(), { principal, input: wrong })).rejects.toMatchObject(refused);
    await expect(
      downloadExport(db(), { principal, input: link }, { clock: later(8 * DAY) }),
    ).rejects.toMatchObject(refused);
    expect((await downloadExport(db(), { principal, input: link })).filename).toMatch(
      /^agathaai-person-.*\.zip$/,
    );
  });

  it("of an organization ends with the role that it takes", async () => {
    const { principal, link, orgId, userId } = await ready("organization");
    await downloadExport(db(), { principal, input: link });
    await db().membership.update({ where: { orgId_userId: { orgId, userId } }, data: { role: "developer" } });
    await expect(downloadExport(db(), { principal, input: link })).rejects.toMatchObject(refused);
  });

  it("is sent once, and opens nothing else", async () => {
    const { principal, email, link } = await ready();
    expect(await sendExportLinks(db())).toBe(0);
    expect(stack.mailbox.messagesTo(email).filter(({ subject }) => /export/.test(subject)).length).toBe(1);
    await request(principal);
    await makeExports(db());
    const [newest] = (
      await listExports(db(), { principal, subject: "person", input: { limit: 1, order: "desc" } })
    ).data;
    const another = { id: fromPublicId("exp", newest?.id ?? ""), token: link.token };
    await expect(downloadExport(db(), { principal, input: another })).rejects.toMatchObject(refused);
  });
});

describe("a file", () => {
  it("is deleted when its time is over", async () => {
    const { principal, userId, link } = await ready();
    expect(await storage().list(`exports/user/${userId}/`)).toHaveLength(1);
    expect(await expireExports(db(), { clock: later(6 * DAY) })).toBe(0);
    expect(await expireExports(db(), { clock: later(8 * DAY) })).toBeGreaterThan(0);
    expect(await storage().list(`exports/user/${userId}/`)).toEqual([]);
    expect(await statusesOf(principal)).toEqual(["expired"]);
    await expect(downloadExport(db(), { principal, input: link })).rejects.toMatchObject(refused);
  });

  it("that cannot be stored is tried three times, then the person is told", async () => {
    const { principal, email } = await owner();
    await request(principal);
    const away = { ...storage(), putStream: () => Promise.reject(new Error("the store is away")) };
    for (const minutes of [0, 6, 17]) {
      expect(await statusesOf(principal)).toEqual(["waiting"]);
      expect(await makeExports(db(), { store: away, clock: later(minutes * 60_000) })).toBe(0);
    }
    expect(await statusesOf(principal)).toEqual(["failed"]);
    await sendExportLinks(db());
    expect((await stack.mailbox.waitFor(email)).subject).toBe("Your export failed");
    // And another may be asked for.
    await request(principal);
    expect(await makeExports(db())).toBe(1);
  });

  it("whose process stops is made by the next one, and one whose process dies when its claim has ended", async () => {
    const { principal } = await owner();
    await request(principal);
    const stop = new AbortController();
    const stopping = {
      ...storage(),
      putStream: async () => {
        stop.abort();
        throw new Error("stopped");
      },
    };
    expect(await makeExports(db(), { store: stopping, signal: stop.signal })).toBe(0);
    expect(await db().dataExport.findFirst({ where: { subjectId: principal.userId } })).toMatchObject({
      status: "waiting",
      attempts: 0,
    });

    const dead = await claimExport(db(), later(0));
    expect(dead).toBeDefined();
    expect(await makeExports(db())).toBe(0);
    expect(await makeExports(db(), { clock: later(6 * 60_000) })).toBe(1);
    expect(await statusesOf(principal)).toEqual(["ready"]);
  });

  it("that was being made twice is finished by the later claim alone", async () => {
    const { principal, userId } = await owner();
    await request(principal);
    const slow = {
      ...storage(),
      putStream: async (...args: Parameters<ReturnType<typeof storage>["putStream"]>) => {
        await makeExports(db(), { clock: later(6 * 60_000) });
        return await storage().putStream(...args);
      },
    };
    expect(await makeExports(db(), { store: slow })).toBe(0);
    const row = await db().dataExport.findFirstOrThrow({ where: { subjectId: userId } });
    expect(row).toMatchObject({ status: "ready", attempts: 2 });
  });
});

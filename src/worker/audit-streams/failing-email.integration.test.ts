import { claimStreams, finishBatch, notifyFailingStreams } from "@agathaai/core/audit-streams";
import type { Db } from "@agathaai/core/platform";
import { closeDb, db } from "@agathaai/core/platform/db/client";
import { afterAll, describe, expect, it } from "vitest";
import { makeUser, principalOf } from "../../../infra/testing/make-user";
import { useTestStack } from "../../../infra/testing/use-test-stack";
import { set } from "./testing/streams";

const stack = await useTestStack({ WEBHOOK_PRIVATE_TARGETS: "true" });
afterAll(closeDb);

const HOUR = 3_600_000;

/** A stream that fails since now, and what is to be said of it in an hour. */
async function failing() {
  const { claims, orgId, email } = await makeUser({ verified: true });
  await db().subscription.update({ where: { orgId }, data: { plan: "enterprise" } });
  await set(await principalOf(claims), { kind: "webhook", target: "https://siem.example.com/in" });
  const start = Date.now() + 1_000;
  const attempt = async (after: number, outcome: Parameters<typeof finishBatch>[2]) => {
    const now = new Date(start + after);
    await db().auditStream.update({ where: { orgId }, data: { nextAttemptAt: now } });
    const claims = await claimStreams(db(), { limit: 100, now });
    const mine = claims.find((stream) => stream.orgId === orgId);
    if (mine === undefined) throw new Error("nothing to send");
    await finishBatch(db(), mine, outcome, { now: () => now });
  };
  await attempt(0, { taken: false, error: "responded 503" });
  const emails = () =>
    stack.mailbox.messagesTo(email).filter(({ subject }) => subject === "Your audit stream keeps failing");
  const announce = (client: Db = db()) => notifyFailingStreams(client, { now: () => new Date(start + HOUR) });
  return { orgId, attempt, emails, announce };
}

/** A client of a process that is overtaken after it found who is to be told, and before it tells anybody. */
function overtaken(meanwhile: () => Promise<unknown>): Db {
  const stream = new Proxy(db().auditStream, {
    get(target, name) {
      if (name !== "findMany") return Reflect.get(target, name);
      return async (query: Parameters<typeof target.findMany>[0]) => {
        const found = await target.findMany(query);
        await meanwhile();
        return found;
      };
    },
  });
  return new Proxy(db(), {
    get: (target, name) => (name === "auditStream" ? stream : Reflect.get(target, name)),
  });
}

describe("the email about an audit stream that fails", () => {
  it("is sent by one process, also where two found the stream waiting", async () => {
    const { emails, announce } = await failing();
    await announce(overtaken(() => announce()));
    expect(emails()).toHaveLength(1);
  });

  it("is not sent of a stream that works again since it was found", async () => {
    const { attempt, emails, announce } = await failing();
    await announce(overtaken(() => attempt(HOUR - 1, { taken: true })));
    expect(emails()).toEqual([]);
  });

  it("is sent later where no mail server took it", async () => {
    const { orgId, emails, announce } = await failing();
    const members = await db().membership.findMany({ where: { orgId }, select: { userId: true } });
    const id = { in: members.map(({ userId }) => userId) };
    const [{ emailCipher } = { emailCipher: new Uint8Array() }] = await db().user.findMany({ where: { id } });
    // An address that cannot be read is one that no server takes.
    await db().user.updateMany({ where: { id }, data: { emailCipher: new Uint8Array(40) } });
    expect(await announce()).toBe(0);
    expect(emails()).toEqual([]);
    await db().user.updateMany({ where: { id }, data: { emailCipher } });
    expect(await announce()).toBe(1);
    expect(emails()).toHaveLength(1);
  });
});

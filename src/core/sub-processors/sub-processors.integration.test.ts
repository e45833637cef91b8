import { afterAll, describe, expect, it } from "vitest";
import { makeUser, principalOf } from "../../../infra/testing/make-user";
import { useTestStack } from "../../../infra/testing/use-test-stack";
import {
  changesAfter,
  type SubProcessor,
  subProcessors,
  subProcessorsOf,
} from "../../shared/legal/sub-processors";
import { closeDb, db } from "../platform/db/client";
import { getNotices, notifySubProcessorChanges, updateNotices } from ".";

const stack = await useTestStack();
afterAll(closeDb);

const planned: SubProcessor = {
  id: "agate",
  name: "Agate Mail",
  purpose: "Sends email",
  place: "Germany",
  data: "Email addresses",
  from: "2027-06-30",
};
const table = [...subProcessors, planned];
const at = (time: string) => ({ now: () => new Date(time) });
const notify = (time: string, rows = table) =>
  notifySubProcessorChanges(db(), { table: rows, clock: at(time) });

async function subscriber() {
  const user = await makeUser({ verified: true });
  const principal = await principalOf(user.claims);
  await updateNotices(db(), { principal, input: { subscribed: true } });
  const mails = () =>
    stack.mailbox.messagesTo(user.email).filter(({ subject }) => subject.includes("sub-processor")).length;
  return { principal, mails };
}

describe("a change of sub-processors", () => {
  it("is emailed to subscribers 30 days ahead and not sooner, once each, whoever runs the job how often", async () => {
    const [ada, bob] = [await subscriber(), await subscriber()];
    const silent = await makeUser({ verified: true });
    expect(await notify("2027-05-30T23:59:59Z")).toBe(0);
    const runs = await Promise.all(Array.from({ length: 4 }, () => notify("2027-05-31T00:00:00Z")));
    expect(runs.reduce((sum, sent) => sum + sent, 0)).toBe(2);
    expect(await notify("2027-06-15T00:00:00Z")).toBe(0);
    expect([ada.mails(), bob.mails()]).toEqual([1, 1]);
    expect(
      stack.mailbox.messagesTo(silent.email).some(({ subject }) => subject.includes("sub-processor")),
    ).toBe(false);
  });

  it("is told of its end as well, and of nothing once it took effect", async () => {
    const ada = await subscriber();
    const ending = [{ ...planned, from: "2026-01-01", until: "2027-08-01" }];
    expect(await notify("2027-08-01T00:00:00Z", ending)).toBe(0);
    expect(await notify("2027-07-10T00:00:00Z", ending)).toBeGreaterThan(0);
    expect(ada.mails()).toBe(1);
  });

  it("shows on the page until its day, and in the list from it on", () => {
    expect(changesAfter(new Date("2027-06-29T23:00:00Z"), table).map(({ id }) => id)).toEqual([
      "agate added 2027-06-30",
    ]);
    expect(subProcessorsOf(new Date("2027-06-29T23:00:00Z"), table)).not.toContain(planned);
    expect(subProcessorsOf(new Date("2027-06-30T00:00:00Z"), table)).toContain(planned);
  });
});

describe("subscribing", () => {
  it("is for owners and admins, is recorded, and ends with the membership", async () => {
    const { principal } = await subscriber();
    expect(await getNotices(db(), principal)).toEqual({ subscribed: true });
    const entry = await db().auditLog.findFirst({
      where: { orgId: principal.orgId, action: "org.updated" },
    });
    expect(entry?.details).toEqual({ changed: "sub_processor_notices", to: "on" });
    await db().membership.deleteMany({ where: { orgId: principal.orgId } });
    expect(await getNotices(db(), principal)).toEqual({ subscribed: false });
    const viewer = await principalOf((await makeUser({ verified: true, role: "viewer" })).claims);
    await expect(
      updateNotices(db(), { principal: viewer, input: { subscribed: true } }),
    ).rejects.toMatchObject({ code: "insufficient_role" });
  });
});

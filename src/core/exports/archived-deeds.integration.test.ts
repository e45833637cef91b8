import { afterAll, expect, it } from "vitest";
import { makeUser } from "../../../infra/testing/make-user";
import { useTestStack } from "../../../infra/testing/use-test-stack";
import { flushAudit, moveAuditWeeks } from "../audit";
import { anotherWeek, append, keyCreated, madeAt, makeWeek, pastCalls } from "../audit/testing/past-log";
import { newId, SECOND, systemClock, toPublicId } from "../platform";
import { drainAfterResponse } from "../platform/concurrency/after-response";
import { closeDb, db } from "../platform/db/client";
import { evidenceStorage } from "../platform/storage";
import { writeArchive } from "./archive/write-archive";
import { unzip } from "./testing/unzip";

await useTestStack();
afterAll(async () => {
  await drainAfterResponse();
  await flushAudit();
  evidenceStorage().close();
  await closeDb();
});

async function exportOf(subject: { type: "user" | "org"; id: string }): Promise<Map<string, string>> {
  const parts: Uint8Array[] = [];
  const { signal } = new AbortController();
  for await (const part of writeArchive(db(), { subject, signal }, systemClock)) parts.push(part);
  return await unzip(Buffer.concat(parts));
}
const rowsIn = (files: Map<string, string>, table: string): Record<string, unknown>[] =>
  JSON.parse(files.get(`json/${table}.json`) ?? "null");

it("a person's export has what they did however long ago, in their organizations and in none, and nobody else's deeds", async () => {
  const [ada, bo] = [await makeUser({ verified: true }), await makeUser({ verified: true })];
  const at = anotherWeek();
  await makeWeek(db(), at);
  let second = 0;
  const deed = (orgId: string | null, userId: string, type: "user" | "operator" = "user") => {
    second += 1;
    const entry = { ...keyCreated(orgId), actor: { type, id: userId } };
    return madeAt(entry, new Date(at.getTime() + second * SECOND));
  };
  const own = [deed(ada.orgId, ada.userId), deed(null, ada.userId)];
  await append(db(), [
    ...own,
    ...[deed(ada.orgId, bo.userId), deed(null, bo.userId), deed(ada.orgId, ada.userId, "operator")],
    // In an organization that they do not belong to any more.
    deed(newId(), ada.userId),
  ]);
  await pastCalls(db(), { at: new Date(at.getTime() + 60 * SECOND), orgId: ada.orgId, count: 2 });
  const ids = (rows: Record<string, unknown>[]) => rows.map(({ id }) => id).toSorted();
  const theirs = own.map(({ id }) => toPublicId("aud", id)).toSorted();
  const subject = { type: "user" as const, id: ada.userId };

  const before = await exportOf(subject);
  expect(ids(rowsIn(before, "audit_logs"))).toEqual(expect.arrayContaining(theirs));
  expect(rowsIn(before, "audit_archives")).toEqual([]);
  expect(await moveAuditWeeks(db())).toMatchObject({ failed: 0 });

  const after = await exportOf(subject);
  for (const id of theirs) expect(ids(rowsIn(after, "audit_logs"))).not.toContain(id);
  expect(ids(rowsIn(after, "audit_archives"))).toEqual(theirs);
  const inTable = rowsIn(before, "audit_logs").filter(({ id }) => theirs.includes(String(id)));
  const inArchive = rowsIn(after, "audit_archives");
  expect(inArchive.toSorted(byId)).toEqual(inTable.toSorted(byId));
});

function byId(one: Record<string, unknown>, other: Record<string, unknown>): number {
  return String(one.id) < String(other.id) ? -1 : 1;
}

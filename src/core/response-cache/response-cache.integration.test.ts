import { afterAll, describe, expect, it } from "vitest";
import { useTestStack } from "../../../infra/testing/use-test-stack";
import { flushAudit } from "../audit";
import { closeDb, db } from "../platform/db/client";
import { deleteCachedAnswers, deleteExpiredAnswers } from ".";
import { describeStore, owner, read, scopeOf, store } from "./testing/store-cases";

await useTestStack();
afterAll(async () => {
  await flushAudit();
  await closeDb();
});

describeStore("PostgreSQL");

describe("in PostgreSQL", () => {
  it("neither request nor answer can be read, and nobody outside can confirm a guess of the request", async () => {
    const { orgId } = await owner();
    await store(scopeOf(orgId), "canary-in-the-clear");
    const rows = await db().cachedAnswer.findMany({ where: { orgId } });
    expect(rows).toHaveLength(1);
    expect(Buffer.from(rows[0]?.answerCipher ?? []).toString("latin1")).not.toContain("canary");
    const same = await owner();
    await store(scopeOf(same.orgId), "canary-in-the-clear");
    const [other] = await db().cachedAnswer.findMany({ where: { orgId: same.orgId } });
    expect(Buffer.from(other?.entry ?? []).equals(Buffer.from(rows[0]?.entry ?? []))).toBe(false);
  });

  it("an answer copied under another organization's name does not decrypt", async () => {
    const [ada, eve] = [await owner(), await owner()];
    for (const { orgId } of [ada, eve]) await store(scopeOf(orgId), `of ${orgId}`);
    const [stolen] = await db().cachedAnswer.findMany({ where: { orgId: ada.orgId } });
    await db().cachedAnswer.updateMany({
      where: { orgId: eve.orgId },
      data: { answerCipher: stolen?.answerCipher ?? new Uint8Array() },
    });
    expect(await read(scopeOf(eve.orgId))).toBeUndefined();
  });

  it("rows are deleted when they expire, and with their organization", async () => {
    const { orgId } = await owner();
    await store(scopeOf(orgId), "one");
    await db().cachedAnswer.updateMany({ where: { orgId }, data: { expiresAt: new Date(0) } });
    await deleteExpiredAnswers(db(), { signal: AbortSignal.timeout(60_000) });
    expect(await db().cachedAnswer.count({ where: { orgId } })).toBe(0);
    expect(await db().cachedBytes.findUnique({ where: { orgId } })).toEqual({ orgId, bytes: 0n });
    await store(scopeOf(orgId), "two");
    await deleteCachedAnswers(db(), orgId);
    expect(await db().cachedAnswer.count({ where: { orgId } })).toBe(0);
    expect(await db().cachedBytes.count({ where: { orgId } })).toBe(0);
  });
});

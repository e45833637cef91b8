import { afterAll, describe, expect, test } from "vitest";
import { useTestStack } from "../../../../infra/testing/use-test-stack";
import { DAY, newId } from "../../platform";
import { createDb } from "../../platform/db/client";
import {
  cancelInference,
  deleteRequest,
  getInference,
  getInferenceDetail,
  getInferenceResult,
  purgeDeletedRequests,
} from "../index";
import { claim, complete, hello, idsInHistory, makeCaller, RecordingQueue, submit } from "../testing/world";

const stack = await useTestStack();
const db = createDb({ url: stack.databaseUrl, poolMax: 8 });
const queue = new RecordingQueue();
afterAll(() => db.$disconnect());

describe("deleteRequest", () => {
  test("hides an ended request from every view at once; what it cost stays", async () => {
    const principal = await makeCaller(db);
    const { orgId } = principal;
    const requestId = await submit(db, queue, principal, { input: { ...hello, metadata: { a: "b" } } });
    await complete(db, requestId);
    expect(await deleteRequest(db, { orgId, environment: "all", requestId })).toMatchObject({
      deleted: true,
    });
    for (const look of [
      getInference,
      getInferenceResult,
      getInferenceDetail,
      cancelInference,
      deleteRequest,
    ]) {
      await expect(look(db, { orgId, environment: "all", requestId })).rejects.toMatchObject({
        code: "not_found",
      });
    }
    expect(await idsInHistory(db, orgId)).toEqual([]);
    expect(await idsInHistory(db, orgId, { metadata: { a: "b" } })).toEqual([]);
    expect(await db.usageLedger.count({ where: { orgId } })).toBe(1);
  });

  test("refuses a request that has not ended, and leaves it as it was", async () => {
    const principal = await makeCaller(db);
    const { orgId } = principal;
    const requestId = await submit(db, queue, principal);
    await expect(deleteRequest(db, { orgId, environment: "all", requestId })).rejects.toMatchObject({
      code: "conflict",
      status: 409,
    });
    await claim(db, requestId);
    await expect(deleteRequest(db, { orgId, environment: "all", requestId })).rejects.toMatchObject({
      code: "conflict",
    });
    expect(await getInference(db, { orgId, environment: "all", requestId })).toMatchObject({
      status: "processing",
    });
  });

  test("does nothing to another organization's request and tells nothing of it", async () => {
    const [owner, stranger] = [await makeCaller(db), await makeCaller(db)];
    const requestId = await submit(db, queue, owner);
    await complete(db, requestId);
    const foreign = await deleteRequest(db, { orgId: stranger.orgId, environment: "all", requestId }).catch(
      (error: unknown) => error,
    );
    const unknown = await deleteRequest(db, {
      orgId: stranger.orgId,
      environment: "all",
      requestId: newId(),
    }).catch((error: unknown) => error);
    expect(foreign).toMatchObject({ code: "not_found" });
    expect(foreign).toEqual(unknown);
    expect(await getInference(db, { orgId: owner.orgId, environment: "all", requestId })).toMatchObject({
      status: "completed",
    });
  });

  test("after thirty days, and not before, the row is gone; its ledger row is not", async () => {
    const principal = await makeCaller(db);
    const { orgId } = principal;
    const [kept, requestId] = [await submit(db, queue, principal), await submit(db, queue, principal)];
    await complete(db, kept);
    await complete(db, requestId);
    await deleteRequest(db, { orgId, environment: "all", requestId });
    const rows = () => db.inferenceRequest.count({ where: { orgId } });
    const inDays = (days: number) => new Date(Date.now() + days * DAY);
    await purgeDeletedRequests(db, { now: inDays(29.9) });
    expect(await rows()).toBe(2);
    expect(await purgeDeletedRequests(db, { now: inDays(30.1) })).toBeGreaterThan(0);
    expect(await rows()).toBe(1);
    expect(await db.usageLedger.count({ where: { orgId } })).toBe(2);
    expect(await idsInHistory(db, orgId)).toEqual([kept]);
  });
});

import { afterAll, describe, expect, test } from "vitest";
import { useTestStack } from "../../../../infra/testing/use-test-stack";
import { newId, toPublicId } from "../../platform";
import { createDb } from "../../platform/db/client";
import { dropExpiredPartitions } from "../../platform/db/partitions";
import { type Storage, storage } from "../../platform/storage";
import { destroyDataKey } from "../../privacy";
import { deleteRequest } from "../history/delete-request";
import { getInference, getInferenceResult } from "../history/get-inference";
import { getInferenceDetail } from "../history/get-inference-detail";
import { answer, historyOf, makeCaller, RecordingQueue, submit } from "../testing/world";
import { inferenceRequests } from "../upkeep";
import { objectOf, objectsOf, unpack } from "./archive-object";
import { archiveRequests } from "./archive-requests";
import { copiedColumns, otherColumns } from "./archived-request";
import { deleteArchives, rewriteArchives } from "./delete-archived";
import { expireArchives } from "./expire-archives";
import { atDay, daysAgo, pastRequests, prompt } from "./testing/past";

const stack = await useTestStack();
const db = createDb({ url: stack.databaseUrl, poolMax: 8 });
afterAll(async () => {
  storage().close();
  await db.$disconnect();
});

const drop = async () => (await dropExpiredPartitions(db, [inferenceRequests])).dropped;
const archivesOf = (orgId: string) =>
  db.requestArchive.findMany({ where: { orgId }, orderBy: { firstId: "asc" } });
const objectsIn = (orgId: string) => storage().list(objectsOf(orgId));
const keyOf = (orgId: string, requestId: string, environment: "live" | "test" | "all" = "live") => ({
  orgId,
  requestId,
  environment,
});

describe("requests after 90 days", () => {
  test("are found by id with prompt and answer once their month has left the database", async () => {
    const principal = await makeCaller(db);
    const { orgId } = principal;
    const metadata = { customer: "Ada" };
    const ids = await pastRequests(db, principal, { days: 150, count: 3, metadata });
    const id = ids[1] ?? "";
    const before = await getInferenceDetail(db, keyOf(orgId, id));
    await drop();
    expect(await db.inferenceRequest.count({ where: { orgId } })).toBe(3);

    expect(await archiveRequests(db)).toMatchObject({ archived: 3, objects: 1, ended: 0 });
    expect(await archiveRequests(db)).toMatchObject({ archived: 0, objects: 0 });
    await drop();
    expect(await db.inferenceRequest.count({ where: { orgId } })).toBe(0);

    expect(await getInferenceDetail(db, keyOf(orgId, id))).toEqual({ ...before, archived: true });
    expect(await getInference(db, keyOf(orgId, id))).toMatchObject({
      id: toPublicId("inf", id),
      status: "completed",
      metadata,
      archived: true,
    });
    expect(await getInferenceResult(db, keyOf(orgId, id, "all"))).toMatchObject({
      output: { content: answer.content },
      usage: { total_tokens: 1_050 },
      archived: true,
    });
    const list = await historyOf(db, orgId);
    expect(list.data).toEqual([]);
    expect(Date.parse(list.reaches_back_to)).toBeGreaterThan(daysAgo(125).getTime());
    expect(Date.parse(list.reaches_back_to)).toBeLessThanOrEqual(daysAgo(90).getTime());
  });

  test("are nobody else's: not of another organization, nor of the other environment", async () => {
    const principal = await makeCaller(db);
    const [id = ""] = await pastRequests(db, principal, { days: 150 });
    await archiveRequests(db);
    await drop();
    const stranger = await makeCaller(db);
    for (const key of [keyOf(stranger.orgId, id), keyOf(principal.orgId, id, "test")]) {
      await expect(getInferenceDetail(db, key)).rejects.toMatchObject({ code: "not_found" });
      await expect(getInferenceResult(db, key)).rejects.toMatchObject({ code: "not_found" });
    }
    await expect(getInference(db, keyOf(principal.orgId, newId(daysAgo(150))))).rejects.toMatchObject({
      code: "not_found",
    });
  });

  test("are found by who made them, and by nobody who sees own requests alone and made others", async () => {
    const principal = await makeCaller(db);
    const [id = ""] = await pastRequests(db, principal, { days: 150 });
    await archiveRequests(db);
    await drop();
    const key = keyOf(principal.orgId, id);
    const { userId } = await db.usageLedger.findFirstOrThrow({
      where: { requestId: id },
      select: { userId: true },
    });
    for (const own of [{ keyIds: [principal.apiKeyId, newId()] }, ...(userId === null ? [] : [{ userId }])]) {
      expect(await getInferenceDetail(db, { ...key, own })).toMatchObject({ archived: true });
      expect(await getInferenceResult(db, { ...key, own })).toMatchObject({ archived: true });
    }
    for (const own of [{ userId: newId() }, { keyIds: [newId()] }, { keyIds: [] }]) {
      await expect(getInference(db, { ...key, own })).rejects.toMatchObject({ code: "not_found" });
      await expect(getInferenceDetail(db, { ...key, own })).rejects.toMatchObject({ code: "not_found" });
      await expect(getInferenceResult(db, { ...key, own })).rejects.toMatchObject({ code: "not_found" });
    }
  });

  test("stay in the database, and hold their month there, while one of them has not ended", async () => {
    const principal = await makeCaller(db);
    await pastRequests(db, principal, { days: 151, count: 2 });
    const waiting = await submit(db, new RecordingQueue(), principal, { clock: atDay(150) });
    await pastRequests(db, principal, { days: 149 });
    expect(await archiveRequests(db)).toMatchObject({ archived: 2 });
    await drop();
    expect(await db.inferenceRequest.count({ where: { id: waiting } })).toBe(1);
    await db.inferenceRequest.updateMany({
      where: { id: waiting },
      data: { status: "failed", completedAt: new Date() },
    });
    expect(await archiveRequests(db)).toMatchObject({ archived: 2 });
    await drop();
    expect(await db.inferenceRequest.count({ where: { orgId: principal.orgId } })).toBe(0);
  });

  test("are unreadable without the organization's key, whoever has the object", async () => {
    const principal = await makeCaller(db);
    const { orgId } = principal;
    const [id = ""] = await pastRequests(db, principal, { days: 150 });
    await archiveRequests(db);
    const [archive] = await archivesOf(orgId);
    if (archive === undefined) throw new Error("no archive");
    const object = await storage().get(objectOf(orgId, archive.id));
    if (object === undefined) throw new Error("no object");
    expect(Buffer.from(object.body).includes(prompt)).toBe(false);
    expect((await unpack(db, archive, object.body)).join("")).toContain(prompt);

    // Erased as an organization is: first the key, then what is left.
    (await destroyDataKey(db, { type: "org", id: orgId }))();
    await expect(unpack(db, archive, object.body)).rejects.toMatchObject({ code: "not_found" });
    await deleteArchives(db, orgId);
    expect(await objectsIn(orgId)).toEqual([]);
    expect(await archivesOf(orgId)).toEqual([]);
    await drop();
    await expect(getInferenceDetail(db, keyOf(orgId, id))).rejects.toMatchObject({ code: "not_found" });
  });

  test("that were changed or put in another's place in the store are refused, not returned", async () => {
    const principal = await makeCaller(db);
    const { orgId } = principal;
    const [id = ""] = await pastRequests(db, principal, { days: 152 });
    await archiveRequests(db);
    await pastRequests(db, principal, { days: 151 });
    await archiveRequests(db);
    await drop();
    const [first, second] = (await archivesOf(orgId)).map((row) => objectOf(orgId, row.id));
    const other = await storage().get(second ?? "");
    await storage().put(first ?? "", other?.body ?? "", { contentType: "application/octet-stream" });
    await expect(getInferenceDetail(db, keyOf(orgId, id))).rejects.toMatchObject({ code: "internal_error" });
  });

  test("that the customer deletes are found no more, and leave the object", async () => {
    const principal = await makeCaller(db);
    const { orgId } = principal;
    const [gone = "", kept = ""] = await pastRequests(db, principal, { days: 150, count: 2 });
    await archiveRequests(db);
    await drop();
    await deleteRequest(db, keyOf(orgId, gone));
    await expect(getInferenceDetail(db, keyOf(orgId, gone))).rejects.toMatchObject({ code: "not_found" });
    await expect(deleteRequest(db, keyOf(orgId, gone))).rejects.toMatchObject({ code: "not_found" });
    expect(await rewriteArchives(db)).toBe(1);
    const [archive] = await archivesOf(orgId);
    const object = await storage().get(objectOf(orgId, archive?.id ?? ""));
    const lines = archive && object ? await unpack(db, archive, object.body) : [];
    expect(lines.map((line) => JSON.parse(line).id)).toEqual([kept]);
    expect(await getInference(db, keyOf(orgId, kept))).toMatchObject({ archived: true });
  });

  test("are gone 365 days later, object and key", async () => {
    const principal = await makeCaller(db);
    const { orgId } = principal;
    const [id = ""] = await pastRequests(db, principal, { days: 150 });
    await archiveRequests(db);
    await drop();
    await expireArchives(db, { clock: atDay(-304) });
    expect(await objectsIn(orgId)).toHaveLength(1);
    await expireArchives(db, { clock: atDay(-306) });
    expect(await objectsIn(orgId)).toEqual([]);
    expect(await archivesOf(orgId)).toEqual([]);
    await expect(getInference(db, keyOf(orgId, id))).rejects.toMatchObject({ code: "not_found" });
  });

  test("take every column of their row along, or it is said why not", async () => {
    const rows = await db.$queryRaw<{ name: string }[]>`
      SELECT column_name AS name FROM information_schema.columns
      WHERE table_schema = 'public' AND table_name = 'inference_requests'`;
    expect([...copiedColumns, ...otherColumns].toSorted()).toEqual(rows.map(({ name }) => name).toSorted());
  });
});

describe("a process that dies while it archives", () => {
  const dying = (at: "before" | "after"): Pick<Storage, "put" | "delete"> => ({
    async put(...args) {
      if (at === "after") await storage().put(...args);
      throw new Error("killed");
    },
    delete: (key) => storage().delete(key),
  });

  test.each(["before", "after"] as const)("%s it stored an object loses and doubles nothing", async (at) => {
    const principal = await makeCaller(db);
    const { orgId } = principal;
    const ids = await pastRequests(db, principal, { days: 150, count: 5 });
    const limits = { requests: 2, bytes: 1_000_000 };
    await archiveRequests(db, { limits });
    // What comes later must not change the range that was being written.
    const late = await pastRequests(db, principal, { days: 149, count: 3 });
    await archiveRequests(db, { store: dying(at), limits });
    expect((await archivesOf(orgId)).filter(({ storedAt }) => storedAt === null)).toHaveLength(1);
    const more = await pastRequests(db, principal, { days: 148 });
    await drop();
    expect(await db.inferenceRequest.count({ where: { orgId, id: { in: late } } })).toBe(3);

    await archiveRequests(db, { limits: { requests: 100, bytes: 1_000_000 } });
    await drop();
    const archives = await archivesOf(orgId);
    expect(archives.reduce((sum, { requests }) => sum + requests, 0)).toBe(9);
    expect((await objectsIn(orgId)).toSorted()).toEqual(
      archives.map(({ id }) => objectOf(orgId, id)).toSorted(),
    );
    for (const id of [...ids, ...late, ...more])
      expect(await getInferenceResult(db, keyOf(orgId, id))).toMatchObject({ archived: true });
  });

  test("after its organization was erased leaves no object behind", async () => {
    const principal = await makeCaller(db);
    const { orgId } = principal;
    await pastRequests(db, principal, { days: 150 });
    const erasing: Pick<Storage, "put" | "delete"> = {
      async put(...args) {
        await deleteArchives(db, orgId);
        await storage().put(...args);
      },
      delete: (key) => storage().delete(key),
    };
    await archiveRequests(db, { store: erasing });
    expect(await objectsIn(orgId)).toEqual([]);
    expect(await archivesOf(orgId)).toEqual([]);
    (await destroyDataKey(db, { type: "org", id: orgId }))();
    expect(await archiveRequests(db)).toMatchObject({ archived: 0, ended: 1 });
  });
});

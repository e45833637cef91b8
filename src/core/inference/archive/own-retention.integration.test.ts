import { afterAll, describe, expect, test } from "vitest";
import { useTestStack } from "../../../../infra/testing/use-test-stack";
import { createDb } from "../../platform/db/client";
import { storage } from "../../platform/storage";
import { getInference, getInferenceResult } from "../history/get-inference";
import { getInferenceDetail } from "../history/get-inference-detail";
import { answer, makeCaller } from "../testing/world";
import { objectsOf } from "./archive-object";
import { archiveRequests } from "./archive-requests";
import { pastRequests } from "./testing/past";

const stack = await useTestStack();
const db = createDb({ url: stack.databaseUrl, poolMax: 8 });
afterAll(async () => {
  storage().close();
  await db.$disconnect();
});

const objectsIn = (orgId: string) => storage().list(objectsOf(orgId));
const keyOf = (orgId: string, requestId: string) => ({ orgId, requestId, environment: "live" as const });

/** An organization with its row, which the fixtures for requests do without. */
async function organizationWith(retention: { retentionDays?: number; archiveDays?: number }) {
  const principal = await makeCaller(db);
  const now = new Date();
  await db.organization.create({
    data: {
      ...{ id: principal.orgId, nameCipher: new Uint8Array(), createdAt: now, updatedAt: now },
      ...retention,
      ...(retention.retentionDays === 0 && { storage: "forbidden" }),
    },
  });
  return principal;
}

describe("a retention of the organization's own", () => {
  test("ends content after its days, and nothing of it is archived where the archive is off", async () => {
    const principal = await organizationWith({ retentionDays: 7, archiveDays: 0 });
    const { orgId } = principal;
    const [old = ""] = await pastRequests(db, principal, { days: 8, metadata: { customer: "Ada" } });
    const [young = ""] = await pastRequests(db, principal, { days: 6 });
    const later = { now: () => new Date(Date.now() + 3_700_000) };
    expect(await archiveRequests(db, { clock: later })).toMatchObject({ archived: 0, ended: 1, emptied: 1 });
    expect(await objectsIn(orgId)).toEqual([]);
    expect(await db.inferenceRequest.findFirst({ where: { id: old } })).toMatchObject({
      inputCipher: null,
      resultCipher: null,
      metadataCipher: null,
    });
    expect(await getInference(db, keyOf(orgId, old))).toMatchObject({
      status: "completed",
      metadata: {},
      content_expired: true,
    });
    expect(await getInferenceResult(db, keyOf(orgId, old))).toMatchObject({
      output: null,
      usage: { total_tokens: 1_050 },
      content_expired: true,
    });
    expect(await getInferenceDetail(db, keyOf(orgId, old))).toMatchObject({
      messages: [],
      stored: false,
      content_expired: true,
    });
    expect(await getInferenceResult(db, keyOf(orgId, young))).not.toHaveProperty("content_expired");
    expect(await archiveRequests(db, { clock: later })).toMatchObject({ ended: 0, emptied: 0 });
  });

  test("of fewer days reads from the archive in the meantime", async () => {
    const principal = await organizationWith({ retentionDays: 7 });
    const { orgId } = principal;
    const [id = ""] = await pastRequests(db, principal, { days: 8 });
    const later = { now: () => new Date(Date.now() + 3_700_000) };
    expect(await archiveRequests(db, { clock: later })).toMatchObject({ archived: 1, emptied: 1 });
    expect(await getInferenceResult(db, keyOf(orgId, id))).toMatchObject({
      output: { content: answer.content },
      archived: true,
    });
  });

  test("of no days keeps an answer for the hour in which it is fetched", async () => {
    const principal = await organizationWith({ retentionDays: 0, archiveDays: 0 });
    const { orgId } = principal;
    const [id = ""] = await pastRequests(db, principal, { days: 0 });
    await archiveRequests(db);
    expect(await getInferenceResult(db, keyOf(orgId, id))).toMatchObject({
      output: { content: answer.content },
    });
    await archiveRequests(db, { clock: { now: () => new Date(Date.now() + 3_700_000) } });
    expect(await getInferenceResult(db, keyOf(orgId, id))).toMatchObject({ content_expired: true });
  });
});

import { randomBytes } from "node:crypto";
import { afterAll, expect, it } from "vitest";
import { useTestStack } from "../../../infra/testing/use-test-stack";
import { newId } from "../platform";
import { localKeyService, withPrevious } from "../platform/crypto/key-service/key-service";
import { closeDb, db } from "../platform/db/client";
import { env } from "../platform/env";
import { createDataKey, decryptText, destroyDataKey, encryptText, type Subject } from "../privacy";
import { rotateMasterKey } from ".";

await useTestStack();
afterAll(closeDb);

const field = { table: "organizations", column: "name_cipher", rowId: "1" };
const current = () => localKeyService(Buffer.from(env().MASTER_KEY ?? "", "base64"));
const wrappedBy = async (subject: Subject) =>
  (await db().dataKey.findFirstOrThrow({ where: { subjectId: subject.id } })).kekId;

/** Subjects whose keys the present master key wraps, and what a rotated installation would wrap and unwrap with. */
async function rotated(count: number) {
  const subjects: Subject[] = Array.from({ length: count }, () => ({ type: "org", id: newId() }));
  for (const subject of subjects) await createDataKey(db(), subject);
  const next = localKeyService(randomBytes(32));
  return { subjects, next, service: withPrevious(next, [current()]) };
}

it("after a rotation every data key is wrapped by the new master key and still opens what it encrypted", async () => {
  const { subjects, next, service } = await rotated(3);
  const [one, erased] = subjects;
  if (one === undefined || erased === undefined) throw new Error("no subjects");
  const blob = await encryptText(db(), one, field, "Agate");
  (await destroyDataKey(db(), erased))();

  expect(await rotateMasterKey(db(), { service })).toMatchObject({
    kekId: next.kekId,
    rewrapped: 2,
    failed: 0,
  });
  expect(await wrappedBy(one)).toBe(next.kekId);
  expect(await db().dataKey.findFirst({ where: { subjectId: erased.id } })).toMatchObject({
    wrappedKey: null,
  });
  expect(await rotateMasterKey(db(), { service })).toMatchObject({ rewrapped: 0 });
  const entries = await db().auditLog.findMany({ where: { action: "data.keys_rewrapped" } });
  expect(entries).toMatchObject([{ details: { master_key: next.kekId, keys: 2, failed: 0 } }]);

  // Back to the key of this environment, as a rotation backwards, so that the product itself can read again.
  const back = withPrevious(current(), [next]);
  expect(await rotateMasterKey(db(), { service: back })).toMatchObject({ rewrapped: 2 });
  expect(await decryptText(db(), one, field, blob)).toBe("Agate");
});

it("interrupted in its middle it goes on where it was", async () => {
  const { subjects, next, service } = await rotated(4);
  const stop = new AbortController();
  let wraps = 0;
  const stopping = {
    ...service,
    wrap(...args: Parameters<typeof service.wrap>) {
      wraps += 1;
      if (wraps === 3) stop.abort();
      return service.wrap(...args);
    },
  };
  const first = await rotateMasterKey(db(), { service: stopping, signal: stop.signal });
  expect(first.rewrapped).toBe(2);
  const second = await rotateMasterKey(db(), { service });
  expect(second.rewrapped).toBeGreaterThanOrEqual(2);
  for (const subject of subjects) expect(await wrappedBy(subject)).toBe(next.kekId);
  await rotateMasterKey(db(), { service: withPrevious(current(), [next]) });
});

it("a key whose master key is nowhere is counted, left as it is, and holds up no other", async () => {
  const lost = localKeyService(randomBytes(32));
  const { subjects, next, service } = await rotated(2);
  const [one, other] = subjects;
  if (one === undefined || other === undefined) throw new Error("no subjects");
  await db().dataKey.updateMany({ where: { subjectId: one.id }, data: { kekId: lost.kekId } });
  expect(await rotateMasterKey(db(), { service })).toMatchObject({ failed: 1 });
  expect(await wrappedBy(one)).toBe(lost.kekId);
  expect(await wrappedBy(other)).toBe(next.kekId);
});

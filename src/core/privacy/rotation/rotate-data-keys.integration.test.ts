import { randomBytes } from "node:crypto";
import { afterAll, describe, expect, it } from "vitest";
import { useTestStack } from "../../../../infra/testing/use-test-stack";
import { type Clock, DAY, MINUTE, newId } from "../../platform";
import { localKeyService, withPrevious } from "../../platform/crypto/key-service/key-service";
import { closeDb, db } from "../../platform/db/client";
import { env } from "../../platform/env";
import { renewDataKeys, rotateMasterKey } from "../../upkeep";
import {
  createDataKey,
  decryptText,
  destroyDataKey,
  encryptText,
  fingerprint,
  rotateDataKeys,
  type Subject,
  transactWithKeys,
} from "..";
import { TOLD_AT, tellUses } from "../count-uses";
import { keyCache } from "../key-cache";
import { subjectName } from "../subject";
import { countOverdue, ROTATED_AT } from "./rotate-data-keys";

await useTestStack();
afterAll(closeDb);

const field = { table: "organizations", column: "name_cipher", rowId: "1" };
const ago = (ms: number): Clock => ({ now: () => new Date(Date.now() - ms) });
/** So long ago that every process knows of it. */
const settled = ago(5 * MINUTE);

async function subjectOf(days: number, type: Subject["type"] = "org"): Promise<Subject> {
  const subject = { type, id: newId() };
  await createDataKey(db(), subject, ago(days * DAY));
  return subject;
}
const rowOf = async ({ id }: Subject) => await db().dataKey.findFirstOrThrow({ where: { subjectId: id } });
const versionOf = async (subject: Subject) => (await rowOf(subject)).version;
const forget = (subject: Subject) => keyCache.drop(subjectName(subject));
const encrypt = (subject: Subject, text: string) => encryptText(db(), subject, field, text);
const decrypt = (subject: Subject, blob: Uint8Array) => decryptText(db(), subject, field, blob);
/** The version that a blob names. */
const named = (blob: Uint8Array) => (blob[0] === 1 ? 1 : ((blob[1] ?? 0) << 8) | (blob[2] ?? 0));
/** Puts the newest version so far back that it is due again. */
async function age(subject: Subject): Promise<void> {
  await db().dataKey.updateMany({
    where: { subjectId: subject.id },
    data: { versionAt: new Date(Date.now() - 31 * DAY), encryptions: 1 },
  });
}

describe("a data key", () => {
  it("gets a new version after thirty days, which encrypts what is new; what was encrypted before stays readable", async () => {
    const [old, young] = [await subjectOf(31), await subjectOf(29)];
    const first = await encrypt(old, "first");
    expect(await renewDataKeys(db(), { clock: settled })).toEqual({ rotated: 1, failed: 0 });
    expect([await versionOf(old), await versionOf(young)]).toEqual([2, 1]);
    forget(old);
    const second = await encrypt(old, "second");
    await age(old);
    expect((await rotateDataKeys(db(), { clock: settled })).rotated).toBe(1);
    forget(old);
    const third = await encrypt(old, "third");
    expect([first, second, third].map(named)).toEqual([1, 2, 3]);
    for (const [blob, text] of [
      [first, "first"],
      [second, "second"],
      [third, "third"],
    ] as const)
      expect(await decrypt(old, blob)).toBe(text);
    const entries = await db().auditLog.findMany({ where: { action: "data.keys_renewed" } });
    expect(entries).toMatchObject([{ details: { keys: 1, failed: 0 } }]);
  });

  it("gets one after 2^24 encryptions, however young it is", async () => {
    const [busy, nearly] = [await subjectOf(1), await subjectOf(1)];
    const set = (subject: Subject, encryptions: bigint) =>
      db().dataKey.updateMany({ where: { subjectId: subject.id }, data: { encryptions } });
    await set(busy, ROTATED_AT);
    await set(nearly, ROTATED_AT - 1n);
    await rotateDataKeys(db());
    expect([await versionOf(busy), await versionOf(nearly)]).toEqual([2, 1]);
    expect(ROTATED_AT).toBeLessThan(2n ** 32n);
  });

  it("gets none while nothing is encrypted with the one it has, and none for what is written once", async () => {
    const [idle, inquiry] = [await subjectOf(31), await subjectOf(31, "inquiry")];
    await rotateDataKeys(db(), { clock: settled });
    expect(await versionOf(idle)).toBe(2);
    await db().dataKey.updateMany({
      where: { subjectId: idle.id },
      data: { versionAt: new Date(Date.now() - 40 * DAY) },
    });
    await rotateDataKeys(db(), { clock: settled });
    expect([await versionOf(idle), await versionOf(inquiry)]).toEqual([2, 1]);
    // The first use is told, and then its time counts.
    forget(idle);
    await encrypt(idle, "back");
    await tellUses(db());
    await rotateDataKeys(db(), { clock: settled });
    expect(await versionOf(idle)).toBe(3);
  });

  it("counts its encryptions without writing for each", async () => {
    const subject = await subjectOf(1);
    const before = (await rowOf(subject)).encryptions;
    for (let i = 0; i < TOLD_AT - 1; i += 1) await encrypt(subject, "x");
    await tellUses(db());
    expect((await rowOf(subject)).encryptions).toBe(before);
    await encrypt(subject, "x");
    await tellUses(db());
    expect((await rowOf(subject)).encryptions).toBe(before + BigInt(TOLD_AT));
  });

  it("gets one version of two processes that rotate at once", async () => {
    const subjects = [await subjectOf(31), await subjectOf(31), await subjectOf(31)];
    const blobs = await Promise.all(subjects.map((subject) => encrypt(subject, "before")));
    const runs = await Promise.all([1, 2, 3].map(() => rotateDataKeys(db(), { clock: settled })));
    expect(runs.reduce((sum, { rotated }) => sum + rotated, 0)).toBe(subjects.length);
    for (const [at, subject] of subjects.entries()) {
      expect(await versionOf(subject)).toBe(2);
      forget(subject);
      const blob = await encrypt(subject, "after");
      forget(subject);
      expect(await decrypt(subject, blob)).toBe("after");
      expect(await decrypt(subject, blobs[at] ?? new Uint8Array())).toBe("before");
    }
  });

  it("encrypts with its new version only once every process knows it, which then decrypts it in running transactions", async () => {
    const subject = await subjectOf(31);
    await rotateDataKeys(db());
    forget(subject);
    expect(named(await encrypt(subject, "too early"))).toBe(1);
    await db().dataKey.updateMany({
      where: { subjectId: subject.id },
      data: { versionAt: new Date(Date.now() - 3 * MINUTE) },
    });
    forget(subject);
    const blob = await encrypt(subject, "in time");
    expect(named(blob)).toBe(2);
    expect(await transactWithKeys(db(), [subject], (tx) => decryptText(tx, subject, field, blob))).toBe(
      "in time",
    );
  });

  it("keeps its fingerprints, whatever its version", async () => {
    const subject = await subjectOf(31);
    const made = () => fingerprint(db(), subject, "metadata", "customer 42");
    const before = await made();
    await rotateDataKeys(db(), { clock: settled });
    forget(subject);
    expect(await made()).toEqual(before);
  });
});

describe("erasure", () => {
  it("destroys every version, and no rotation brings one back", async () => {
    const subject = await subjectOf(31);
    const first = await encrypt(subject, "first");
    await rotateDataKeys(db(), { clock: settled });
    forget(subject);
    const second = await encrypt(subject, "second");
    await age(subject);
    (await destroyDataKey(db(), subject))();
    const nothing = { wrappedKey: null, newestKey: null, newestKekId: null, earlierKeys: null };
    expect(await rowOf(subject)).toMatchObject(nothing);
    expect((await rotateDataKeys(db(), { clock: settled })).rotated).toBe(0);
    expect(await rowOf(subject)).toMatchObject({ ...nothing, destroyedAt: expect.any(Date) });
    for (const blob of [first, second])
      await expect(decrypt(subject, blob)).rejects.toMatchObject({ code: "not_found" });
  });

  it("that commits while a new version is being wrapped wins", async () => {
    const subject = await subjectOf(31);
    const real = localKeyService(Buffer.from(env().MASTER_KEY ?? "", "base64"));
    const erasing = {
      ...real,
      async wrap(...args: Parameters<typeof real.wrap>) {
        (await destroyDataKey(db(), subject))();
        return await real.wrap(...args);
      },
    };
    expect((await rotateDataKeys(db(), { clock: settled, service: erasing })).rotated).toBe(0);
    expect(await rowOf(subject)).toMatchObject({ wrappedKey: null, newestKey: null });
  });

  it("cannot leave a version behind, whoever writes it", async () => {
    const subject = await subjectOf(31);
    await rotateDataKeys(db(), { clock: settled });
    const first = { wrappedKey: null, destroyedAt: new Date() };
    await expect(db().dataKey.updateMany({ where: { subjectId: subject.id }, data: first })).rejects.toThrow(
      /data_keys_versions/,
    );
  });
});

describe("a new master key", () => {
  it("wraps every version, also while keys are given new ones", async () => {
    const current = localKeyService(Buffer.from(env().MASTER_KEY ?? "", "base64"));
    const next = localKeyService(randomBytes(32));
    const subject = await subjectOf(31);
    const first = await encrypt(subject, "first");
    await rotateDataKeys(db(), { clock: settled });
    forget(subject);
    const second = await encrypt(subject, "second");
    await rotateMasterKey(db(), { service: withPrevious(next, [current]) });
    expect(await rowOf(subject)).toMatchObject({ kekId: next.kekId, newestKekId: next.kekId });

    // Back again, and in the middle of it the key gets its third version.
    await age(subject);
    const back = withPrevious(current, [next]);
    let wraps = 0;
    const racing = {
      ...back,
      async wrap(...args: Parameters<typeof back.wrap>) {
        wraps += 1;
        if (wraps === 2) await rotateDataKeys(db(), { clock: settled, service: back });
        return await back.wrap(...args);
      },
    };
    await rotateMasterKey(db(), { service: racing });
    await rotateMasterKey(db(), { service: back });
    expect(await rowOf(subject)).toMatchObject({
      version: 3,
      kekId: current.kekId,
      newestKekId: current.kekId,
    });
    forget(subject);
    const third = await encrypt(subject, "third");
    for (const [blob, text] of [
      [first, "first"],
      [second, "second"],
      [third, "third"],
    ] as const)
      expect(await decrypt(subject, blob)).toBe(text);
  });
});

it("keys that nobody rotates are counted as overdue after a day", async () => {
  await rotateDataKeys(db());
  expect(await countOverdue(db())).toBe(0);
  const subject = await subjectOf(30.5);
  expect(await countOverdue(db())).toBe(0);
  expect(await countOverdue(db(), { now: () => new Date(Date.now() + DAY) })).toBeGreaterThan(0);
  await rotateDataKeys(db());
  expect(await versionOf(subject)).toBe(2);
});

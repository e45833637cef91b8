import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { useTestStack } from "../../../infra/testing/use-test-stack";
import type { Db } from "../platform";
import { createDb } from "../platform/db/client";
import {
  createDataKey,
  decryptText,
  decryptTexts,
  destroyDataKey,
  encryptText,
  encryptTexts,
  insertDataKey,
  prepareDataKey,
  type Subject,
  transactWithKeys,
} from ".";
import { keyCache } from "./key-cache";
import { subjectName } from "./subject";

let db: Db;

beforeAll(async () => {
  const stack = await useTestStack();
  db = createDb({ url: stack.databaseUrl, poolMax: 10 });
});

afterAll(() => db.$disconnect());

const field = { table: "users", column: "name_cipher", rowId: "row-1" };

async function subjectWithKey(type: Subject["type"] = "user"): Promise<Subject> {
  const subject = { type, id: randomUUID() };
  await createDataKey(db, subject);
  return subject;
}

describe("encrypted texts", () => {
  it("open for the same subject in the same field, and hold no plaintext", async () => {
    const subject = await subjectWithKey();
    const blob = await encryptText(db, subject, field, "Ada Lovelace");
    expect(Buffer.from(blob).toString("latin1")).not.toContain("Ada");
    expect(await decryptText(db, subject, field, blob)).toBe("Ada Lovelace");
  });

  it("do not open in another row, another column, or for another subject", async () => {
    const [mine, other] = [await subjectWithKey(), await subjectWithKey()];
    const blob = await encryptText(db, mine, field, "Ada");
    await expect(decryptText(db, mine, { ...field, rowId: "row-2" }, blob)).rejects.toMatchObject({
      code: "internal_error",
    });
    await expect(decryptText(db, mine, { ...field, column: "email_cipher" }, blob)).rejects.toMatchObject({
      code: "internal_error",
    });
    await expect(decryptText(db, other, field, blob)).rejects.toMatchObject({ code: "internal_error" });
  });

  it("of many subjects are encrypted and decrypted together, in order", async () => {
    const subjects = await Promise.all(
      Array.from({ length: 20 }, (_, i) => subjectWithKey(i % 2 ? "org" : "user")),
    );
    const texts = subjects.map((subject, index) => ({ subject, field, text: `text ${index}` }));
    const blobs = await encryptTexts(db, texts);
    const opened = await decryptTexts(
      db,
      subjects.map((subject, index) => ({ subject, field, blob: blobs[index] ?? new Uint8Array() })),
    );
    expect(opened).toEqual(texts.map(({ text }) => text));
  });

  it("cannot be made for a subject without a key", async () => {
    await expect(encryptText(db, { type: "user", id: randomUUID() }, field, "x")).rejects.toMatchObject({
      code: "internal_error",
      internal: expect.stringContaining("no data key"),
    });
  });
});

describe("data keys", () => {
  it("are one per subject, however many callers make them at once", async () => {
    const subject: Subject = { type: "user", id: randomUUID() };
    await Promise.all(Array.from({ length: 8 }, () => createDataKey(db, subject)));
    expect(await db.dataKey.count({ where: { subjectId: subject.id } })).toBe(1);
    const blob = await encryptText(db, subject, field, "still readable");
    keyCache.drop(subjectName(subject));
    expect(await decryptText(db, subject, field, blob)).toBe("still readable");
  });

  it("serve within the transaction that makes them, and leave nothing behind when it is rolled back", async () => {
    const subject: Subject = { type: "org", id: randomUUID() };
    const rollback = new Error("roll back");
    const made = await prepareDataKey(subject);
    await expect(
      transactWithKeys(db, [], async (tx) => {
        await insertDataKey(tx, made);
        const blob = await encryptText(tx, subject, field, "new");
        expect(await decryptText(tx, subject, field, blob)).toBe("new");
        throw rollback;
      }),
    ).rejects.toBe(rollback);
    await expect(encryptText(db, subject, field, "lost")).rejects.toMatchObject({
      internal: expect.stringContaining("no data key"),
    });
    // The same id again: a key cached from the lost transaction would encrypt what nobody could ever decrypt.
    await createDataKey(db, subject);
    const blob = await encryptText(db, subject, field, "second");
    keyCache.drop(subjectName(subject));
    expect(await decryptText(db, subject, field, blob)).toBe("second");
  });

  it("are loaded before a transaction or not at all, even when they are in memory", async () => {
    const subject = await subjectWithKey();
    const blob = await encryptText(db, subject, field, "in memory");
    await expect(
      transactWithKeys(db, [], (tx) => decryptText(tx, subject, field, blob)),
    ).rejects.toMatchObject({
      internal: expect.stringContaining("not loaded before the transaction"),
    });
    keyCache.drop(subjectName(subject));
    expect(await transactWithKeys(db, [subject], (tx) => decryptText(tx, subject, field, blob))).toBe(
      "in memory",
    );
  });

  it("brought by a transaction are not used after an erasure that committed meanwhile", async () => {
    const subject = await subjectWithKey();
    await expect(
      transactWithKeys(db, [subject], async (tx) => {
        (await destroyDataKey(db, subject))();
        return await encryptText(tx, subject, field, "too late");
      }),
    ).rejects.toMatchObject({ code: "not_found" });
  });

  it("that a subject has already are not replaced by one made beside them", async () => {
    const subject = await subjectWithKey();
    const blob = await encryptText(db, subject, field, "first");
    const second = await prepareDataKey(subject);
    await expect(transactWithKeys(db, [], (tx) => insertDataKey(tx, second))).rejects.toMatchObject({
      code: "conflict",
    });
    keyCache.drop(subjectName(subject));
    expect(await decryptText(db, subject, field, blob)).toBe("first");
  });

  it("are stored wrapped only", async () => {
    const subject = await subjectWithKey();
    const row = await db.dataKey.findFirstOrThrow({ where: { subjectId: subject.id } });
    expect(row.wrappedKey?.byteLength).toBe(32 + 29);
    expect(row.kekId).toMatch(/^local:[0-9a-f]{16}$/);
  });
});

describe("crypto-shredding", () => {
  it("makes everything encrypted for the subject unreadable, and says so", async () => {
    const subject = await subjectWithKey();
    const blob = await encryptText(db, subject, field, "gone soon");
    await destroyDataKey(db, subject);
    await expect(decryptText(db, subject, field, blob)).rejects.toMatchObject({
      code: "not_found",
      internal: `the data key of user:${subject.id} was destroyed`,
    });
    await expect(encryptText(db, subject, field, "more")).rejects.toMatchObject({ code: "not_found" });
    const row = await db.dataKey.findFirstOrThrow({ where: { subjectId: subject.id } });
    expect(row).toMatchObject({ wrappedKey: null, destroyedAt: expect.any(Date) });
  });

  it("is final: no second key can be made, and repeating it changes nothing", async () => {
    const subject = await subjectWithKey();
    await destroyDataKey(db, subject);
    await destroyDataKey(db, subject);
    await expect(createDataKey(db, subject)).rejects.toMatchObject({ code: "conflict" });
  });

  it("affects no other subject", async () => {
    const [gone, stays] = [await subjectWithKey(), await subjectWithKey()];
    const blob = await encryptText(db, stays, field, "here");
    await destroyDataKey(db, gone);
    keyCache.drop(subjectName(stays));
    expect(await decryptText(db, stays, field, blob)).toBe("here");
  });
});

import { expect, test } from "vitest";
import { recoverCalls } from "../index";
import { booksAtRest, callOf, makeCaller } from "../testing/calls";
import { complete, db, first } from "../testing/three-processes";

test("a process that was taken for dead opens its next call under a new life, and nobody closes it", async () => {
  const caller = await makeCaller(db);
  const dead = first.processId;
  await db.admissionProcess.deleteMany({ where: { id: dead } });
  const call = await first.admit(callOf(caller));
  await recoverCalls(db);
  await complete(call, 5, 7);
  expect(first.processId).not.toBe(dead);
  expect(await booksAtRest(db, caller.orgId)).toMatchObject({
    used: 5,
    spent: 7,
    ledgerRows: 1,
    reserved: 0,
  });
});

test("a call whose process was taken for dead while it was answered is closed unbilled, and its caller is told", async () => {
  const caller = await makeCaller(db);
  const call = await first.admit(callOf(caller));
  await db.admissionProcess.deleteMany({ where: { id: first.processId } });
  await recoverCalls(db);
  await expect(complete(call, 5, 7)).rejects.toMatchObject({ code: "service_unavailable" });
  expect(await booksAtRest(db, caller.orgId)).toMatchObject({
    used: 0,
    spent: 0,
    ledgerRows: 1,
    reserved: 0,
  });
});

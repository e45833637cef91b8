import { afterAll, expect, test } from "vitest";
import { Connection } from "../commit/connection";
import { booksAtRest, booksOf, callOf, makeCaller } from "../testing/calls";
import { complete, db, first, url } from "../testing/three-processes";
import { Settlements } from "./settle-call";

const connection = new Connection({ url, name: "settling" });
afterAll(() => connection.close());

test("a call that is reserved in the counters is not ended by the statement that moves none", async () => {
  const caller = await makeCaller(db);
  const call = await first.admit(callOf(caller));
  expect(call.leased).toBe(false);
  const settled = await new Settlements(connection).add(call.id, { status: "failed" }, { leased: true });
  expect(settled).toBeNull();
  expect(await booksOf(db, caller.orgId)).toMatchObject({ open: 1, ledgerRows: 0, reserved: 100 });
  await complete(call, 7, 70);
  expect(await booksAtRest(db, caller.orgId)).toMatchObject({ open: 0, ledgerRows: 1, reserved: 0, used: 7 });
});

import { TypeID } from "typeid-js";
import { expect, test } from "vitest";
import { fromPublicId, lowestIdAt, newId, timeOfId, toPublicId } from "./ids";

test("the lowest id of a millisecond is below all of its ids and above all of the one before", () => {
  const at = new Date("2026-11-25T10:00:00.123Z");
  const lowest = lowestIdAt(at);
  expect(timeOfId(lowest)).toEqual(at);
  for (let times = 0; times < 1_000; times++) {
    expect(newId(at) >= lowest).toBe(true);
    expect(newId(new Date(at.getTime() - 1)) < lowest).toBe(true);
  }
});

test("a public id is the TypeID that its library writes, and leads back to the UUID", () => {
  const ids = Array.from({ length: 1_000 }, () => newId());
  for (const id of [...ids, lowestIdAt(new Date(0)), "ffffffff-ffff-7fff-bfff-ffffffffffff"]) {
    const publicId = toPublicId("inf", id);
    expect(publicId).toBe(TypeID.fromUUID("inf", id).toString());
    expect(fromPublicId("inf", publicId)).toBe(id);
  }
  const upper = newId().toUpperCase();
  expect(toPublicId("org", upper)).toBe(toPublicId("org", upper.toLowerCase()));
});

import { expect, it } from "vitest";
import { splitNewRows } from "./use-stable-rows";

const rows = ["inf_03", "inf_02", "inf_01"].map((id) => ({ id }));

it("rows newer than the newest one shown wait, and the others keep their place", () => {
  expect(splitNewRows(rows, "inf_02")).toEqual({ shown: rows.slice(1), waiting: 1 });
});

it("nothing waits while the pointer is away or nothing is new, even when the newest row shown is deleted", () => {
  expect(splitNewRows(rows, null)).toEqual({ shown: rows, waiting: 0 });
  expect(splitNewRows(rows.slice(1), "inf_03")).toEqual({ shown: rows.slice(1), waiting: 0 });
});

import { expect, test } from "vitest";
import { describeScopes, givableLevels, levelOf, resources, withLevel } from "./scope-choices";

const [inference] = resources;
if (inference === undefined) throw new Error("there are resources");

test("writing includes reading, and none takes both away", () => {
  const written = withLevel(["models:read"], inference, "write");
  expect(written).toEqual(["models:read", "inference:read", "inference:write"]);
  expect(levelOf(inference, written)).toBe("write");
  expect(withLevel(written, inference, "none")).toEqual(["models:read"]);
  expect(describeScopes(written)).toEqual([
    { name: "Inference", level: "write" },
    { name: "Models", level: "read" },
  ]);
});

test("nobody is offered a scope that they do not have", () => {
  expect(givableLevels(inference, new Set(["inference:read"]))).toEqual(["none", "read"]);
  expect(givableLevels(inference, new Set(["inference:read", "inference:write"]))).toEqual([
    "none",
    "read",
    "write",
  ]);
  expect(givableLevels(inference, new Set())).toEqual(["none"]);
});

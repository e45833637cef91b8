import { expect, test } from "vitest";
import { barPaths, dayTone } from "./day-bars";

const day = (more: object) => ({
  day: "2026-11-27",
  up: 0,
  degraded: 0,
  down: 0,
  idle: 0,
  unmeasured: 0,
  ...more,
});

test("a day is as bad as its worst five minutes, and a day without findings is neither good nor bad", () => {
  expect(dayTone(day({ up: 1440 }), 0)).toBe("good");
  expect(dayTone(day({ up: 1436, degraded: 4 }), 0)).toBe("good");
  expect(dayTone(day({ up: 1439, down: 1 }), 0)).toBe("attention");
  expect(dayTone(day({ up: 1400, degraded: 40 }), 0)).toBe("attention");
  expect(dayTone(day({ up: 1435, down: 5 }), 0)).toBe("danger");
  expect(dayTone(day({ up: 1400 }), 40)).toBe("danger");
  expect(dayTone(day({ idle: 1440 }), 0)).toBe("none");
  expect(dayTone(day({ unmeasured: 1440 }), 0)).toBe("none");
});

test("there are ninety bars, whatever is known, and the last is today", () => {
  const count = (paths: ReturnType<typeof barPaths>) => Object.values(paths).join("").match(/M/g)?.length;
  expect(count(barPaths([]))).toBe(90);
  const paths = barPaths(["good", "danger"]);
  expect(count(paths)).toBe(90);
  expect(paths.danger).toMatch(/^M356 /);
});

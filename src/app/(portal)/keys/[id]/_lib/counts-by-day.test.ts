import { expect, test } from "vitest";
import { countsByDay } from "./counts-by-day";

test("days without requests are shown as zero", () => {
  const report = {
    from: "2026-11-01T00:00:00.000Z",
    to: "2026-11-05T00:00:00.000Z",
    data: [
      { start: "2026-11-02T00:00:00.000Z", requests: 3 },
      { start: "2026-11-04T00:00:00.000Z", requests: 1 },
    ],
  };
  expect(countsByDay(report)).toEqual([0, 3, 0, 1]);
});

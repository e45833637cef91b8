import { describe, expect, it } from "vitest";
import { toWaterfall } from "./spans";

const at = (ms: number) => new Date(Date.UTC(2026, 10, 23, 12) + ms).toISOString();
const now = Date.parse(at(5_000));
const shape = (waterfall: ReturnType<typeof toWaterfall>) =>
  waterfall.spans.map(({ label, startMs, endMs, open, outcome }) => [
    label,
    startMs,
    endMs,
    outcome ?? (open ? "open" : null),
  ]);

describe("where a request's time went", () => {
  const accepted = { at: at(0), event: "accepted" as const };
  const began = (attempt: number, ms: number) => ({ at: at(ms), event: "attempt_started" as const, attempt });
  const ended = (attempt: number, ms: number, outcome: "retry" | "completed") => ({
    at: at(ms),
    event: "attempt_ended" as const,
    attempt,
    outcome,
  });

  it("is in its wait, its attempts and the pauses between them, without a gap", () => {
    const waterfall = toWaterfall(
      {
        created_at: at(0),
        completed_at: at(3_000),
        timeline: [
          accepted,
          began(1, 20),
          ended(1, 500, "retry"),
          began(2, 1_500),
          ended(2, 3_000, "completed"),
          { at: at(3_000), event: "completed" },
        ],
      },
      now,
    );
    expect(waterfall.totalMs).toBe(3_000);
    expect(shape(waterfall)).toEqual([
      ["Queued", 0, 20, null],
      ["Attempt 1", 20, 500, "retry"],
      ["Waited to retry", 500, 1_500, null],
      ["Attempt 2", 1_500, 3_000, "completed"],
    ]);
  });

  it("goes on to now while the request runs or waits", () => {
    const running = { created_at: at(0), completed_at: null, timeline: [accepted, began(1, 20)] };
    expect(shape(toWaterfall(running, now))).toEqual([
      ["Queued", 0, 20, null],
      ["Attempt 1", 20, 5_000, "open"],
    ]);
    const queued = { created_at: at(0), completed_at: null, timeline: [accepted] };
    expect(shape(toWaterfall(queued, now))).toEqual([["Queued", 0, 5_000, "open"]]);
  });

  it("is all waiting where it was cancelled before its turn, and never negative where clocks differ", () => {
    const cancelled = {
      created_at: at(0),
      completed_at: at(900),
      timeline: [accepted, { at: at(900), event: "cancelled" as const }],
    };
    expect(shape(toWaterfall(cancelled, now))).toEqual([["Queued", 0, 900, null]]);
    const skewed = {
      created_at: at(0),
      completed_at: at(100),
      timeline: [accepted, began(1, -50), ended(1, 100, "completed")],
    };
    expect(shape(toWaterfall(skewed, now))).toEqual([["Attempt 1", 0, 100, "completed"]]);
  });
});

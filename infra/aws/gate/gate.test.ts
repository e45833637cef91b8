import { describe, expect, it } from "vitest";
import { type GateInput, gate, HOLD_SECONDS, MIN_REQUESTS, SILENCE_SECONDS } from "./gate";

const good = { requests: 10_000, errors: 10, p95Ms: 120 };
const at = (more: Partial<GateInput>): GateInput => ({
  share: 10,
  secondsAtShare: HOLD_SECONDS,
  rollback: false,
  fresh: good,
  before: good,
  ...more,
});
const decide = (more: Partial<GateInput>) => gate(at(more)).decision;

describe("a good version", () => {
  it("is held at 10 and at 50 percent until it was good for ten minutes", () => {
    for (const share of [10, 50]) {
      expect(decide({ share, secondsAtShare: HOLD_SECONDS - 1 })).toBe("hold");
      expect(decide({ share, secondsAtShare: HOLD_SECONDS })).toBe("proceed");
    }
  });

  it("is not held at the steps between, which are how ECS gets there", () => {
    for (const share of [20, 30, 40, 60, 70, 80, 90, 100])
      expect(decide({ share, secondsAtShare: 0 })).toBe("proceed");
  });
});

describe("a bad error rate", () => {
  it("fails above one percent at any share, at once", () => {
    for (const share of [10, 20, 50, 90])
      expect(decide({ share, secondsAtShare: 0, fresh: { ...good, errors: 101 } })).toBe("fail");
  });

  it("fails above half a percent where it is twice the version before's", () => {
    expect(decide({ fresh: { ...good, errors: 51 } })).toBe("fail");
    expect(decide({ fresh: { ...good, errors: 51 }, before: { ...good, errors: 40 } })).toBe("proceed");
  });

  it("is not the new version's where the version before is as bad: the outage is elsewhere", () => {
    expect(decide({ fresh: { ...good, errors: 300 }, before: { ...good, errors: 400 } })).toBe("proceed");
  });

  it("fails before there are enough answers when nearly all of them are errors", () => {
    expect(decide({ secondsAtShare: 30, fresh: { requests: 12, errors: 11 } })).toBe("fail");
  });
});

describe("bad latency", () => {
  it("fails above 500 ms when the version before is faster", () => {
    expect(decide({ fresh: { ...good, p95Ms: 501 } })).toBe("fail");
    expect(decide({ fresh: { ...good, p95Ms: 500 } })).toBe("proceed");
  });

  it("is the models' own where both are slow", () => {
    expect(decide({ fresh: { ...good, p95Ms: 6_000 }, before: { ...good, p95Ms: 5_000 } })).toBe("proceed");
    expect(decide({ fresh: { ...good, p95Ms: 8_000 }, before: { ...good, p95Ms: 5_000 } })).toBe("fail");
  });
});

describe("silence", () => {
  const silent = { requests: MIN_REQUESTS - 1, errors: 0 };

  it("never lets a version pass: it is held, and after half an hour it fails", () => {
    expect(decide({ fresh: silent, secondsAtShare: HOLD_SECONDS })).toBe("hold");
    expect(decide({ fresh: silent, secondsAtShare: SILENCE_SECONDS })).toBe("fail");
    expect(decide({ share: 50, fresh: { requests: 0, errors: 0 }, secondsAtShare: SILENCE_SECONDS })).toBe(
      "fail",
    );
  });
});

it("a rollback is never held, whatever the figures and wherever it is", () => {
  for (const share of [0, 10, 50, 90, 100])
    for (const fresh of [good, { requests: 0, errors: 0 }, { requests: 1_000, errors: 1_000, p95Ms: 9_000 }])
      for (const secondsAtShare of [0, SILENCE_SECONDS])
        expect(decide({ rollback: true, share, fresh, secondsAtShare })).toBe("proceed");
});

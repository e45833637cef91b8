import { expect, it } from "vitest";
import { type AliasGateInput, aliasGate, BAKE_SECONDS, MIN_ANSWERS } from "./alias-gate";
import { SILENCE_SECONDS } from "./gate";

const answered = Array<"answered">(MIN_ANSWERS).fill("answered");
const decide = (more: Partial<AliasGateInput>) =>
  aliasGate({ secondsAtShare: BAKE_SECONDS, ringing: [], probes: answered, ...more }).decision;

it("a version that answers for five minutes may have more, and not before", () => {
  expect(decide({})).toBe("proceed");
  expect(decide({ secondsAtShare: BAKE_SECONDS - 1 })).toBe("hold");
});

it("an alarm, or one empty batch that fails, is a no at once", () => {
  expect(decide({ ringing: ["function-standard"], secondsAtShare: 0 })).toBe("fail");
  expect(decide({ probes: [...answered, { failed: "Runtime.ImportModuleError" }], secondsAtShare: 0 })).toBe(
    "fail",
  );
});

it("silence is not judged as good: it holds, and after half an hour it is a no", () => {
  for (const probes of [[], answered.slice(1), [...answered.slice(1), "silent" as const]]) {
    expect(decide({ probes })).toBe("hold");
    expect(decide({ probes, secondsAtShare: SILENCE_SECONDS - 1 })).toBe("hold");
    expect(decide({ probes, secondsAtShare: SILENCE_SECONDS })).toBe("fail");
  }
});

import { setPlaces } from "@agathaai/core/models";
import { afterEach, describe, expect, it } from "vitest";
import { targetAt } from "../../../../../infra/testing/engine/live-stage";
import { Credentials } from "../../credentials/credentials";
import { Candidates } from "./candidates";
import { CircuitBreaker } from "./circuit-breaker";

const now = () => 0;
const health = {
  credentials: () => new Credentials(["sk-ours"], now),
  breaker: new CircuitBreaker(now),
  now,
};
const candidateOf = (target: ReturnType<typeof targetAt>) =>
  new Candidates(health, [target], 1).next(() => {});

describe("a target", () => {
  afterEach(() => setPlaces({}));

  it("of an organization in HIPAA mode is called only where an agreement covers its place", () => {
    setPlaces({ BAA_PLACES: ["openai"] });
    expect(candidateOf(targetAt("openai", { hipaa: true }))).toBeDefined();
    expect(candidateOf(targetAt("deepseek", { hipaa: true }))).toBeUndefined();
    expect(candidateOf(targetAt("openai", { hipaa: true, region: "eu" }))).toBeUndefined();
    expect(candidateOf(targetAt("deepseek"))).toBeDefined();
    setPlaces({});
    expect(candidateOf(targetAt("openai", { hipaa: true }))).toBeUndefined();
  });
});

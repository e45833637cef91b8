import { expect, it } from "vitest";
import { synthesized } from "../tests/support/synthesized";
import { explained, type Finding } from "./explained";

const profiles = ["production", "small", "staging"] as const;
const explains = ({ id, at }: Finding) => explained.filter((row) => row.id.test(id) && row.at.test(at));

it.each(profiles)("whatever cdk-nag and CloudFormation's validator say of %s is explained", (profile) => {
  const silent = synthesized(profile).findings.filter((finding) => explains(finding).length === 0);
  expect(silent.map(({ id, at }) => `${id} at ${at}`)).toEqual([]);
});

it("no explanation is left over from a finding that is gone", () => {
  const findings = profiles.flatMap((profile) => synthesized(profile).findings);
  const used = new Set(findings.flatMap(explains));
  expect(
    explained.filter((row) => !used.has(row)).map(({ id, at }) => `${id.source} at ${at.source}`),
  ).toEqual([]);
});

it("no explanation is a general pardon: it names its place, and its reason is a sentence", () => {
  for (const { id, at, because } of explained) {
    expect(id.source).toMatch(/^\^.+\$$/);
    expect(at.source).toMatch(/-[a-z(|)-]+\\\//);
    expect(because).toMatch(/^[A-Z].{30,}\.$/s);
  }
});

it.each(profiles)("synthesis of %s asks no account for anything", (profile) => {
  expect(synthesized(profile).missing).toEqual([]);
});

it.each(profiles)(
  "stacks of %s wait for each other in no circle, and never for another region",
  (profile) => {
    const { stacks } = synthesized(profile);
    const byName = new Map(stacks.map((stack) => [stack.name, stack]));
    const visit = (name: string, path: string[]): void => {
      expect(path, `circle: ${[...path, name].join(" → ")}`).not.toContain(name);
      const stack = byName.get(name);
      for (const dependency of stack?.dependencies ?? []) {
        expect(byName.get(dependency)?.region).toBe(stack?.region);
        visit(dependency, [...path, name]);
      }
    };
    for (const { name } of stacks) visit(name, []);
    for (const { text } of stacks) expect(text).not.toContain("Custom::CrossRegionExport");
  },
);

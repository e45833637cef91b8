import { expect, it } from "vitest";
import { resourcesOf, synthesized } from "../tests/support/synthesized";
import { alarmsOfShift } from "./alarms-of-shift";

const production = synthesized("production");
const CELL = "agathaai-production-use1-home";
const alarms = new Map(
  resourcesOf(production, "AWS::CloudWatch::Alarm", /us-east-1-use1-home-operations$/).map(
    ({ Properties }) => [String(Properties["AlarmName"]), Properties],
  ),
);

it("every alarm that a shift waits for is one that the cell has", () => {
  const asked = alarmsOfShift(`${CELL}-standard`);
  expect(asked.filter((name) => !alarms.has(name))).toEqual([]);
  expect(asked.sort()).toEqual(
    [
      "age-critical",
      "age-enterprise-critical",
      "dead-letters",
      "errors-critical",
      "function-enterprise",
      "function-standard",
      "latency-critical",
    ].map((name) => `${CELL}-${name}`),
  );
});

it("one batch that a function's new version throws away takes the version back", () => {
  const functions = resourcesOf(production, "AWS::Lambda::Function", /us-east-1-use1-home-worker$/);
  expect(functions).toHaveLength(2);
  for (const { Properties } of functions) {
    const name = String(Properties["FunctionName"]);
    const watching = alarmsOfShift(name)
      .map((alarm) => alarms.get(alarm))
      .filter((alarm) => alarm?.["MetricName"] === "Errors")
      .filter(
        (alarm) =>
          JSON.stringify(alarm?.["Dimensions"]) === JSON.stringify([{ Name: "FunctionName", Value: name }]),
      );
    expect(watching, name).toMatchObject([
      {
        Namespace: "AWS/Lambda",
        Statistic: "Sum",
        Period: 60,
        Threshold: 0,
        EvaluationPeriods: 1,
        ComparisonOperator: "GreaterThanThreshold",
      },
    ]);
  }
});

it("what is no function of a cell is refused, rather than watched by no alarm", () => {
  for (const name of ["", "agathaai-production-use1-home-api", "agathaai-other-use1-home-standard"])
    expect(() => alarmsOfShift(name)).toThrow("no function of a cell");
});

import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { parseConfig } from "../config/config";
import { exampleConfig } from "../tests/support/example-config";
import { capacityOf, capacityTables } from "./capacity";
import { monthlyCost, total } from "./monthly";
import { assumptionsTable } from "./sensitivity";

const configs = (["production", "small", "staging"] as const).map((name) => parseConfig(exampleConfig(name)));
const document = readFileSync(new URL("../../../docs/CAPACITY.md", import.meta.url), "utf8");

it.each(configs)("what $profile.name costs is worked out, each part of it", (config) => {
  const rows = monthlyCost(config);
  console.log(
    [
      `${config.profile.name}, a month:`,
      ...rows.map(({ what, usd }) => `  ${what}: $${usd.toFixed(0)}`),
      `  all of it: $${total(rows).toFixed(0)}`,
    ].join("\n"),
  );
  for (const { usd } of rows) expect(usd).toBeGreaterThanOrEqual(0);
});

it("small is at most $240 a month, staging about a hundred, and neither has what only production needs", () => {
  const [production = 0, small = 0, staging = 0] = configs.map((config) => total(monthlyCost(config)));
  expect(small).toBeLessThanOrEqual(240);
  expect(staging).toBeLessThan(130);
  expect(production).toBeGreaterThan(50 * small);
});

it("docs/CAPACITY.md has these tables: paste what this test expects", () => {
  const { costs, years } = capacityTables(configs);
  expect(document).toContain(costs);
  expect(document).toContain(years);
});

it("every assumption of the estimate is said, with what it is worth when it is twice as much: paste what this test expects", () => {
  expect(document).toContain(assumptionsTable(configs));
});

it("the third year's busiest second fits into the least number of servers, at 70 % of their CPU", () => {
  const third = capacityOf(configs).at(-1);
  const production = configs[0]?.profile.api;
  expect(third?.serverCpus).toBeLessThan((0.7 * ((production?.min ?? 0) * (production?.cpu ?? 0))) / 1_024);
});

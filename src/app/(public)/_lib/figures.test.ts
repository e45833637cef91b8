import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { figures } from "./figures";

const read = (path: string) => readFileSync(path, "utf8");

it("the latency that the landing page states is the newest measured one, on the machine and day that it names", () => {
  const { p50Ms, p99Ms, callsPerSecond, date, machine } = figures.added;
  const benchmarks = read("docs/benchmarks.md");
  const row = `| completion at ${callsPerSecond}/s |`;
  const newest = benchmarks.slice(benchmarks.lastIndexOf(row)).split("\n", 1)[0];
  expect(newest).toContain(`| ${callsPerSecond} | **${p50Ms} ms`);
  expect(newest).toContain(`**${p99Ms} ms`);
  const said = benchmarks
    .slice(0, benchmarks.lastIndexOf(row))
    .split("\n")
    .findLast((line) => line.includes("bench on"));
  expect(said).toContain("27 November");
  expect(date).toBe("November 27, 2026");
  expect(said).toContain("2 × Intel Xeon");
  expect(machine).toBe("two Intel Xeon cores");
});

it("the clients that the landing page names are those that the test installs", () => {
  const { dependencies } = JSON.parse(read("e2e/sdks/drivers/package.json"));
  const [, node, python] = /Node\.js \((.+?)\) and Python \((.+?)\)/.exec(figures.clients.names) ?? [];
  expect(dependencies.openai).toBe(`${node}.0`);
  expect(read("e2e/sdks/install-drivers.ts")).toContain(`openai==${python}.0`);
});

it("the cap's figures are the test's", () => {
  const { sent, room, ran } = figures.cap;
  const name = `${sent} parallel submissions with a key whose cap fits ${room}: ${ran} are accepted`;
  expect(read("e2e/faults/limits-under-fire.test.ts")).toContain(name);
});

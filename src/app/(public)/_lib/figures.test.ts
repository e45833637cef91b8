import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { figures } from "./figures";

const read = (path: string) => readFileSync(path, "utf8");

it("the latency that the landing page states is the newest measured one, on the machine that it names", () => {
  const { p50Ms, p99Ms, callsPerSecond, machine } = figures.added;
  const lines = read("docs/benchmarks.md").split("\n");
  const said = new RegExp(
    `^At ${callsPerSecond} a second .*?([\\d.]+) ms \\(p50\\) and \\*\\*([\\d.]+) ms \\(p99\\)\\*\\* above nothing`,
  );
  const at = lines.findLastIndex((line) => said.test(line));
  expect(said.exec(lines[at] ?? "")?.slice(1)).toEqual([String(p50Ms), String(p99Ms)]);
  expect(lines.slice(0, at).findLast((line) => /^.*\d × (AMD|Intel)/.test(line))).toContain("2 × AMD EPYC");
  expect(machine).toBe("two AMD EPYC cores");
});

it("the clients that the landing page names are those that the test installs", () => {
  const { dependencies } = JSON.parse(read("e2e/sdks/drivers/package.json"));
  const [, node, python] = /Node\.js \((.+?)\) and Python \((.+?)\)/.exec(figures.clients.names) ?? [];
  expect(dependencies.openai).toBe(`${node}.0`);
  expect(read("e2e/sdks/install-drivers.ts")).toContain(`openai==${python}.0`);
});

it("the cap's figures are the test's", () => {
  const { sent, room, ran } = figures.cap;
  const test = read("e2e/faults/room-for-fifty.test.ts");
  for (const name of [
    `${sent} parallel calls against $cap with room for ${room} over three processes: ${ran} are answered`,
    `${sent} parallel requests for the queue against $cap with room for ${room} over three processes: ${ran} are accepted`,
  ])
    expect(test).toContain(name);
});

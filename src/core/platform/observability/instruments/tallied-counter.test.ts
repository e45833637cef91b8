import { Registry } from "prom-client";
import { expect, test } from "vitest";
import { TalliedCounter } from "./tallied-counter";

test("a counter says all that was added to its series and nothing twice, however often it is read", async () => {
  const registry = new Registry();
  const counter = new TalliedCounter({
    name: "calls_total",
    help: "Calls.",
    labelNames: ["route"] as const,
    registers: [registry],
  });
  const [a, again, b] = [
    counter.tally({ route: "a" }),
    counter.tally({ route: "a" }),
    counter.tally({ route: "b" }),
  ];
  a.add(2);
  again.add(3);
  const lines = async () => (await registry.metrics()).split("\n").filter((line) => line.startsWith("calls"));
  expect(await lines()).toEqual(['calls_total{route="a"} 5']);
  expect(await lines()).toEqual(['calls_total{route="a"} 5']);
  b.add(1);
  a.add(1);
  counter.inc({ route: "a" });
  expect((await registry.getMetricsAsJSON())[0]).toMatchObject({
    values: [{ value: 7 }, { value: 1 }],
  });
});

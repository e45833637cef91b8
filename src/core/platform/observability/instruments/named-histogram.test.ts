import { Histogram, Registry } from "prom-client";
import { expect, test } from "vitest";
import { NamedHistogram } from "./named-histogram";

const made = { help: "Seconds.", labelNames: ["route", "status"] as const, buckets: [0.005, 0.1, 1, 10] };
const values = [0, 0.001, 0.005, 0.0051, 0.1, 0.5, 1, 9.99, 10, 10.01, 600];

test("a named series says what prom-client's own observing says, in text and as values, however often it is read", async () => {
  const [registry, other] = [new Registry(), new Registry()];
  const named = new NamedHistogram({ ...made, name: "seconds", registers: [registry] });
  const usual = new Histogram({ ...made, name: "seconds", registers: [other] });
  for (const route of ["a", "b"]) {
    const labels = { route, status: "2xx" };
    const series = named.series(labels);
    for (const value of values) {
      series.observe(value);
      usual.observe({ ...labels }, value);
    }
  }
  expect(await registry.metrics()).toBe(await other.metrics());
  expect(await registry.getMetricsAsJSON()).toEqual(await other.getMetricsAsJSON());
  for (const value of [0.2, 3]) {
    named.series({ route: "c", status: "5xx" }).observe(value);
    named.observe({ route: "c", status: "5xx" }, value);
    for (let twice = 0; twice < 2; twice++) usual.observe({ route: "c", status: "5xx" }, value);
  }
  expect(await registry.metrics()).toBe(await other.metrics());
});

test("its values go into what prom-client keeps, and not through its labels each time", () => {
  const named = new NamedHistogram({ ...made, name: "seconds", registers: [] });
  const series = named.series({ route: "a", status: "2xx" });
  named.observe = () => {
    throw new Error("labels were looked at again");
  };
  expect(() => series.observe(1)).not.toThrow();
});

import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { parse, stringify } from "yaml";
import { monitoringFile, RULE_FILES } from "./read-alerts";
import { shortenRules } from "./shorten-rules";

const TIME = /\d+(ms|[smhd])\b/g;

it.each(RULE_FILES)("of %s every time is shortened, and nothing but times and the limits of ages", (file) => {
  const real = stringify(parse(readFileSync(monitoringFile(file), "utf8")));
  const short = shortenRules(file, 20);
  const age = /(agatha_queue_oldest_age_seconds\)) > \d+/g;
  const bare = (text: string) =>
    text.replaceAll(TIME, "TIME").replaceAll(age, "$1 > AGE").replaceAll(/\s+/g, " ");
  expect(bare(short)).toBe(bare(real));
  const inMs = (text: string) => {
    const [, count, unit = ""] = /^(\d+)(.+)$/.exec(text) ?? [];
    return Number(count) * ({ ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 }[unit] ?? Number.NaN);
  };
  // Names of recorded series hold times too, and stay what they are.
  const times = (text: string) =>
    [...text.matchAll(/(?:\[|offset |for: )(\d+(?:ms|[smhd]))\b/g)].map(([, time = ""]) => inMs(time));
  expect(times(short)).toEqual(times(real).map((ms) => Math.round(ms / 20)));
  expect(times(real).length).toBeGreaterThan(10);
});

it("an alert about an age waits for a shorter one", () => {
  expect(shortenRules("alerts.yml", 20)).toContain("max by (queue) (agatha_queue_oldest_age_seconds) > 15");
});

import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { hasBlanks, templates } from "./templates";

const guide = readFileSync("docs/INCIDENT_RESPONSE.md", "utf8").replaceAll("*", "");

test.each(Object.entries(templates))("the template %s stands in the incident guide", (_state, template) => {
  expect(guide).toContain(`> ${template}`);
});

test("a template that was not filled in is noticed", () => {
  expect(hasBlanks(templates.resolved)).toBe(true);
  expect(hasBlanks("Slow answers [see docs] are fixed.")).toBe(false);
});

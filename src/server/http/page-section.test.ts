import { readdirSync } from "node:fs";
import { expect, test } from "vitest";
import { pageSection } from "./page-section";

const app = new URL("../../app/", import.meta.url);
const pages = ["(public)", "(auth)", "(portal)"].flatMap((group) =>
  readdirSync(new URL(`${group}/`, app), { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && /^[a-z-]+$/.test(entry.name))
    .filter((entry) =>
      readdirSync(new URL(`${group}/${entry.name}/`, app), { recursive: true }).some((file) =>
        /(^|\/)page\.tsx$/.test(String(file)),
      ),
    )
    .map((entry) => entry.name),
);

test("each page of ours is logged under its own section", () => {
  expect(pages.length).toBeGreaterThan(15);
  for (const page of pages) expect(pageSection(`/${page}/x?y=z`)).toBe(`/${page}`);
  expect(pageSection("/?a=b")).toBe("/");
});

test.each([
  "/ignore-all-previous",
  "/KEYS",
  "/keys%20",
  "/%0afake",
  "keys",
  "http://evil.example/keys",
  "/keys\\",
])("a made-up path is not: %j", (target) => {
  expect(pageSection(target)).toBe("/other");
});

import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { renderOpenApi } from "../../src/server/rest/openapi/openapi";
import { renderApiReference } from "./render";

const document = renderOpenApi("https://agathaai.example");
const reference = readFileSync("docs/API_REFERENCE.md", "utf8");

it("docs/API_REFERENCE.md is what the OpenAPI document says: run npm run docs:api", () => {
  expect(reference === renderApiReference(document), "run npm run docs:api").toBe(true);
});

it("the reference names every call of the API", () => {
  const calls = Object.entries<Record<string, unknown>>(JSON.parse(document).paths).flatMap(
    ([path, methods]) => Object.keys(methods).map((method) => `\`${method.toUpperCase()} ${path}\``),
  );
  expect(calls.length).toBeGreaterThan(100);
  expect(calls.filter((call) => !reference.includes(`\n${call}\n`))).toEqual([]);
});

import { mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { ROOT } from "../commands/build";
import { readEnvironment } from "./stack";

test("the real environment wins over .env, and a variable set to nothing is not set", () => {
  const file = join(mkdtempSync(join(tmpdir(), "agathaai-env-")), ".env");
  writeFileSync(file, 'A=file\nB="from file"\nC=\nD=file\n# E=comment\n');
  expect(readEnvironment(file, { NODE_ENV: "test", A: "real", B: "", F: "" })).toEqual({
    NODE_ENV: "test",
    A: "real",
    B: "from file",
    D: "file",
  });
  expect(readEnvironment(join(file, "missing"), { NODE_ENV: "test" })).toEqual({ NODE_ENV: "test" });
});

test(".env.example documents every variable that the product reads, and sets none of them", () => {
  const schema = readFileSync(join(ROOT, "src/core/platform/env.ts"), "utf8");
  const variables = [...schema.matchAll(/^ {4}([A-Z][A-Z0-9_]+):/gm)].map(([, name]) => name ?? "");
  const example = readFileSync(join(ROOT, ".env.example"), "utf8");
  expect(variables.length).toBeGreaterThan(30);
  expect(variables.filter((name) => !new RegExp(`^#${name}=`, "m").test(example))).toEqual([]);
  expect(example.split("\n").filter((line) => line !== "" && !line.startsWith("#"))).toEqual([]);
});

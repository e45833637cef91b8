import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { z } from "zod";
import { ROOT } from "../commands/build";

const lock = z
  .object({
    packages: z.record(
      z.string(),
      z.object({
        version: z.string().optional(),
        integrity: z.string().optional(),
        os: z.array(z.string()).optional(),
        cpu: z.array(z.string()).optional(),
        libc: z.array(z.string()).optional(),
      }),
    ),
  })
  .parse(JSON.parse(readFileSync(join(ROOT, "package-lock.json"), "utf8")));

/** Packages of machine code for Linux with glibc, as the image's base has it. */
const native = (cpu: string) =>
  Object.entries(lock.packages).filter(
    ([, one]) =>
      one.os?.includes("linux") === true &&
      one.cpu?.includes(cpu) === true &&
      (one.libc === undefined || one.libc.includes("glibc")),
  );

it("whatever is machine code on x64 is locked for ARM as well, in the same version and by its hash: the image's build needs no other file there", () => {
  const arm = new Map(native("arm64"));
  const x64 = native("x64");
  expect(x64.length).toBeGreaterThan(8);
  for (const [path, { version }] of x64) {
    const there = arm.get(path.replace("x64", "arm64"));
    expect(there, path).toMatchObject({ version, integrity: expect.stringMatching(/^sha512-/) });
  }
});

it("the image's recipe names no processor: the same file builds for each", () => {
  const recipe = readFileSync(join(ROOT, "infra/docker/Dockerfile"), "utf8");
  const collected = readFileSync(join(ROOT, "infra/docker/collect.ts"), "utf8");
  for (const text of [recipe, collected]) expect(text).not.toMatch(/x64|x86_64|amd64|arm64|aarch64/);
});

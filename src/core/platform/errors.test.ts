import { expect, test, vi } from "vitest";
import { AppError } from "./errors";

const options = { public: "Try again in a moment." };

test("an error from another copy of this module, as Next bundles one, is one of ours", async () => {
  vi.resetModules();
  const copy = await import("./errors");
  expect(copy.AppError).not.toBe(AppError);
  expect(new copy.AppError("service_unavailable", options)).toBeInstanceOf(AppError);
});

test("only ours are taken for ours, and each for its own class", () => {
  class Special extends AppError {}
  expect(new Special("conflict", options)).toBeInstanceOf(Special);
  expect(new Special("conflict", options)).toBeInstanceOf(AppError);
  expect(new AppError("conflict", options)).not.toBeInstanceOf(Special);
  for (const other of [new Error("no"), { code: "conflict", public: "no" }, null, "conflict"])
    expect(other instanceof AppError).toBe(false);
});

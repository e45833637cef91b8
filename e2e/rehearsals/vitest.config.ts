import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";

const root = fileURLToPath(new URL("../..", import.meta.url));

/** What a person would rehearse by hand, by a script: each prints a table of what was lost and how long it took. */
export default defineConfig({
  root,
  resolve: { alias: { "@": fileURLToPath(new URL("../../src", import.meta.url)) } },
  test: {
    name: "rehearsals",
    include: ["e2e/rehearsals/**/*.test.ts"],
    globalSetup: ["infra/testing/run/global-setup.ts"],
    fileParallelism: false,
    testTimeout: 900_000,
    hookTimeout: 180_000,
  },
});

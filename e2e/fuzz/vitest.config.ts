import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";

const root = fileURLToPath(new URL("../..", import.meta.url));

export default defineConfig({
  root,
  resolve: { alias: { "@": fileURLToPath(new URL("../../src", import.meta.url)) } },
  test: {
    name: "fuzz",
    include: ["e2e/fuzz/**/*.test.ts"],
    globalSetup: ["infra/testing/run/global-setup.ts"],
    testTimeout: 1_800_000,
    hookTimeout: 120_000,
  },
});

import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";

const root = fileURLToPath(new URL("../..", import.meta.url));

/** Clients of others drive the product; they are installed into a cache, some on a newer Node, one on Python. */
export default defineConfig({
  root,
  resolve: { alias: { "@": fileURLToPath(new URL("../../src", import.meta.url)) } },
  test: {
    name: "sdks",
    include: ["e2e/sdks/**/*.test.ts"],
    globalSetup: ["infra/testing/run/global-setup.ts"],
    testTimeout: 120_000,
    hookTimeout: 300_000,
  },
});

import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    include: ["**/*.test.ts"],
    exclude: ["node_modules/**", "cdk.out/**"],
    // Synthesis takes seconds of a processor: one process does it once for all files.
    isolate: false,
    server: { deps: { inline: [/@actions\//] } },
    fileParallelism: false,
    testTimeout: 180_000,
    hookTimeout: 180_000,
  },
});

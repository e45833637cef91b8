import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";

const root = fileURLToPath(new URL("../..", import.meta.url));

/** The files of the container image, collected from the build that is there (`npm run build`), run without a container. */
export default defineConfig({
  root,
  resolve: { alias: { "@": fileURLToPath(new URL("../../src", import.meta.url)) } },
  test: {
    name: "image",
    include: ["e2e/image/**/*.test.ts"],
    globalSetup: ["infra/testing/run/global-setup.ts"],
    fileParallelism: false,
    testTimeout: 180_000,
    hookTimeout: 300_000,
  },
});

import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";

const src = fileURLToPath(new URL("./src", import.meta.url));

export default defineConfig({
  resolve: { alias: { "@": src } },
  test: {
    projects: [
      {
        extends: true,
        test: {
          name: "unit",
          // A thread of its own isolates a file as a process does, and starts with a quarter less work.
          pool: "threads",
          // Many wait for timers and loopback servers.
          maxWorkers: 3,
          include: ["{src,prisma,infra,e2e}/**/*.test.{ts,tsx}"],
          exclude: ["**/*.integration.test.ts", "e2e/**", "**/node_modules/**"],
          // Generated cases are many; on a busy machine they take longer than the five seconds that are the default.
          testTimeout: 20_000,
        },
      },
      {
        extends: true,
        test: {
          name: "integration",
          include: ["{src,prisma,infra}/**/*.integration.test.ts", "e2e/api/**/*.test.ts"],
          globalSetup: ["infra/testing/global-setup.ts"],
          testTimeout: 30_000,
          hookTimeout: 60_000,
          // Tests wait for databases, queues and processes: two leave a third of two processors idle.
          maxWorkers: 3,
        },
      },
    ],
  },
});

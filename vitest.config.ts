import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";
import { BaseSequencer, type TestSpecification } from "vitest/node";

const src = fileURLToPath(new URL("./src", import.meta.url));

/** Files of twenty-five seconds and more. The rest take seconds, and fill the gaps that these leave. */
const long =
  /(api\/clients\/generated-clients|tenancy|gateway\/streams\/(hang-ups|breaks-and-waits)|gateway\/kept-answers\/store|gateway\/kept-answers\/resumable|gateway\/faults\/fault-matrix|webhooks\/webhooks|entrypoints|spending\/overage|operator-command|system\/fuzz|stripe-away|system\/contract|subscription\/ending|limiter)\.(integration\.)?test\.ts$/;

/** Files share their worker's process or thread, and find modules and state new (ADR 53). */
const freshState = ["infra/testing/run/fresh-state.ts"];

/** Begins with the longest files: one that begins last would keep one worker busy while the others have nothing to do. */
class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files);
    const isLong = ({ moduleId }: TestSpecification) => long.test(moduleId);
    return [...sorted.filter(isLong), ...sorted.filter((file) => !isLong(file))];
  }
}

export default defineConfig({
  resolve: { alias: { "@": src } },
  test: {
    // What is waited for comes late on a busy machine, and a second is short.
    expect: { poll: { timeout: 30_000 } },
    sequence: { sequencer: LongestFirst },
    projects: [
      {
        extends: true,
        test: {
          name: "unit",
          // A thread starts with a quarter less work than a process.
          pool: "threads",
          isolate: false,
          setupFiles: freshState,
          // Many wait for timers and loopback servers.
          maxWorkers: 3,
          include: ["{src,prisma,infra,e2e}/**/*.test.{ts,tsx}"],
          // infra/aws is a package of its own: npm run test:aws.
          exclude: ["**/*.integration.test.ts", "e2e/**", "infra/aws/**", "**/node_modules/**"],
          // Generated cases are many, and the browser that runs beside them in `npm test` comes first.
          testTimeout: 60_000,
        },
      },
      {
        extends: true,
        test: {
          name: "integration",
          include: ["{src,prisma,infra}/**/*.integration.test.ts", "e2e/{api,oauth-app}/**/*.test.ts"],
          globalSetup: ["infra/testing/run/global-setup.ts"],
          isolate: false,
          // Holds the memory of its one instance, and our module makes one for each file.
          server: { deps: { inline: ["@prisma/schema-engine-wasm"] } },
          setupFiles: [...freshState, "infra/testing/run/clean-up.ts"],
          // For hangs alone: on a machine with other work a test takes three times as long.
          testTimeout: 90_000,
          hookTimeout: 240_000,
          // Tests wait for databases, queues and processes: two leave a third of two processors idle.
          maxWorkers: 3,
        },
      },
    ],
  },
});

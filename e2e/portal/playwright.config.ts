import { existsSync, mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { defineConfig } from "@playwright/test";

const root = join(dirname(fileURLToPath(import.meta.url)), "..", "..");
const systemChromium = "/usr/bin/chromium";

// Playwright reads this file again in each of its processes: what it chooses must stay chosen.
process.env.PORTAL_TEST_PORT ??= String(20_000 + (process.pid % 10_000));
process.env.PORTAL_TEST_DATA_DIR ??= mkdtempSync(join(tmpdir(), "agathaai-portal-"));
const baseURL = `http://localhost:${process.env.PORTAL_TEST_PORT}`;

/** The product as `npm start` runs it, with data of its own that is thrown away. */
export default defineConfig({
  testDir: ".",
  testMatch: "**/*.spec.ts",
  globalTeardown: "./support/global-teardown.ts",
  // axe checks a page four times, while the other worker runs its tests.
  timeout: 180_000,
  expect: { timeout: 15_000 },
  // Each test has customers of its own, and what concerns the whole installation (Stripe's clock, incidents) stands in one
  // file, whose tests run one after the other.
  workers: 2,
  fullyParallel: false,
  forbidOnly: Boolean(process.env.CI),
  outputDir: join(root, "test-results"),
  use: {
    baseURL,
    trace: "retain-on-failure",
    launchOptions: {
      ...(existsSync(systemChromium) ? { executablePath: systemChromium } : {}),
      args: [
        "--no-sandbox",
        "--disable-gpu",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
        "--no-first-run",
      ],
    },
  },
  webServer: {
    command: "node infra/local/start.mjs",
    cwd: root,
    url: `${baseURL}/api/ready`,
    timeout: 300_000,
    gracefulShutdown: { signal: "SIGTERM", timeout: 45_000 },
    env: {
      PORT: process.env.PORTAL_TEST_PORT,
      AGATHA_DATA_DIR: process.env.PORTAL_TEST_DATA_DIR,
      SIM_LATENCY_MS: "50",
      SIM_TOKEN_LATENCY_MS: "0",
    },
  },
});

import { defineConfig } from "@playwright/test";
import portal from "../portal/playwright.config";

/** `npm run screenshots`: every page, wide and on a phone, light and dark, into `test-results/screenshots`. */
export default defineConfig({
  ...portal,
  testDir: ".",
  globalTeardown: "../portal/support/global-teardown.ts",
  timeout: 300_000,
});

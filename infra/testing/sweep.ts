import { existsSync, readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { ROOT } from "../commands/build";

/** Holds a folder for every test process that runs the product's bundles, named by its process id. */
export const TEST_BUNDLES = join(ROOT, "dist", "test");

/** Removes the bundles of test processes that have ended: vitest ends them without a chance to clean up. */
export function sweepBundles(): void {
  if (!existsSync(TEST_BUNDLES)) return;
  for (const pid of readdirSync(TEST_BUNDLES)) {
    if (!isAlive(Number(pid))) rmSync(join(TEST_BUNDLES, pid), { recursive: true, force: true });
  }
}

export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

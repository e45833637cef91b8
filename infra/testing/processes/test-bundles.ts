import { existsSync, readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

export const ROOT = fileURLToPath(new URL("../../..", import.meta.url));

/** Holds a folder of the product's bundles for every run, named by the id of its main process. */
export const TEST_BUNDLES = join(ROOT, "dist", "test");

/** Removes the bundles of runs that have ended: one that is killed has no chance to clean up. */
export function removeEndedBundles(): void {
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

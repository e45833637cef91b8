import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";

/** Folders that contain build output, not sources. */
const SKIPPED = new Set(["node_modules", ".next", "dist", "generated"]);

/**
 * Builds an artifact only when the content of its inputs has changed: a fresh clone, another branch or a touched file
 * causes no needless build, and an outdated artifact is never used.
 */
export async function makeIfStale(options: {
  root: string;
  inputs: readonly string[];
  /** A path that exists once the artifact is built. */
  artifact: string;
  /** The file with the inputs' hash. */
  stamp: string;
  make(): Promise<void>;
}): Promise<boolean> {
  const hash = hashOf(options.root, options.inputs);
  const noted = existsSync(options.stamp) ? readFileSync(options.stamp, "utf8") : "";
  if (noted === hash && existsSync(options.artifact)) return false;
  await options.make();
  mkdirSync(dirname(options.stamp), { recursive: true });
  writeFileSync(options.stamp, hash);
  return true;
}

function hashOf(root: string, inputs: readonly string[]): string {
  const hash = createHash("sha256").update(process.version.split(".", 1)[0] ?? "");
  for (const input of inputs) addFile(hash, root, input);
  return hash.digest("hex");
}

function addFile(hash: ReturnType<typeof createHash>, root: string, path: string): void {
  const full = join(root, path);
  if (!existsSync(full)) return;
  const entries = readEntries(full);
  if (entries === undefined) {
    if (!/\.test\.tsx?$/.test(path)) hash.update(`${path}\0`).update(readFileSync(full)).update("\0");
    return;
  }
  for (const entry of entries) if (!SKIPPED.has(entry)) addFile(hash, root, `${path}/${entry}`);
}

function readEntries(path: string): string[] | undefined {
  try {
    return readdirSync(path).sort();
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOTDIR") return undefined;
    throw error;
  }
}

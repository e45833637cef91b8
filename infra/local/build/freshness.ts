import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";

/** Folders that hold what is made, not what it is made from. */
const SKIPPED = new Set(["node_modules", ".next", "dist", "generated"]);

/**
 * Makes an artifact only when what it is made from has changed since, by content: a fresh clone, a switched branch or
 * a touched file never cause a needless build, and an old one never survives.
 */
export async function makeIfStale(options: {
  root: string;
  inputs: readonly string[];
  /** A path that exists once the artifact does. */
  artifact: string;
  /** Where the inputs' hash is noted. */
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

import { existsSync, mkdirSync, openSync, readFileSync, statSync } from "node:fs";
import { dirname } from "node:path";

const LIMIT_BYTES = 20 * 1024 * 1024;

/** Opens a log file for a child process to append to. One larger than 20 MiB is started anew. */
export function openLog(file: string): number {
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
  const tooLarge = existsSync(file) && statSync(file).size > LIMIT_BYTES;
  return openSync(file, tooLarge ? "w" : "a", 0o600);
}

export function tail(file: string, lines = 15): string {
  if (!existsSync(file)) return "";
  return readFileSync(file, "utf8").trimEnd().split("\n").slice(-lines).join("\n");
}

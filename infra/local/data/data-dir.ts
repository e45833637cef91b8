import {
  accessSync,
  chmodSync,
  constants,
  existsSync,
  mkdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { removeCluster } from "../postgres/postgres-host";

/** Creates the data folder of a local installation, readable by its owner only. */
export function prepareDataDir(dataDir: string): void {
  try {
    mkdirSync(dataDir, { recursive: true, mode: 0o700 });
    chmodSync(dataDir, 0o700);
    accessSync(dataDir, constants.R_OK | constants.W_OK | constants.X_OK);
  } catch (cause) {
    throw new Error(
      `The data folder ${dataDir} cannot be written (${codeOf(cause)}). Check its owner and the disk, or set AGATHA_DATA_DIR to another folder.`,
      { cause },
    );
  }
}

/**
 * Locks the data folder against a second start. A lock whose process has ended is taken over. A process id that was
 * reused since (after a reboot) is recognized by its start time, where the system shows it.
 * @returns a function that releases the lock
 */
export function lockDataDir(dataDir: string): () => void {
  const file = join(dataDir, "lock");
  const mine = JSON.stringify({ pid: process.pid, started: startTime(process.pid) });
  for (let attempt = 0; ; attempt++) {
    try {
      writeFileSync(file, mine, { flag: "wx", mode: 0o600 });
      return () => rmSync(file, { force: true });
    } catch (cause) {
      if (codeOf(cause) !== "EEXIST") throw cause;
      const owner = lockOwner(dataDir);
      if (owner !== undefined || attempt > 3) {
        throw new Error(
          `AgathaAI is already running on ${dataDir} (process ${owner}). Stop it with Ctrl-C in its terminal, or set AGATHA_DATA_DIR and PORT to run another one.`,
        );
      }
      rmSync(file, { force: true });
    }
  }
}

/** The process that holds the data folder now, if any. */
function lockOwner(dataDir: string): number | undefined {
  try {
    const { pid, started } = JSON.parse(readFileSync(join(dataDir, "lock"), "utf8"));
    process.kill(pid, 0);
    return startTime(pid) === started ? pid : undefined;
  } catch (error) {
    // A process of another user exists but may not be signaled.
    return codeOf(error) === "EPERM" ? -1 : undefined;
  }
}

/** When a process started, in the kernel's clock ticks since boot; undefined where there is no /proc. */
function startTime(pid: number): string | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    // The program's name, in parentheses, may contain spaces: fields are counted after it.
    return stat.slice(stat.lastIndexOf(")") + 2).split(" ")[19];
  } catch {
    return undefined;
  }
}

/** Deletes everything a local installation has stored. Refuses while it is running. */
export function resetDataDir(dataDir: string): void {
  if (!existsSync(dataDir)) return;
  lockDataDir(dataDir);
  removeCluster(join(dataDir, "postgres"));
  rmSync(dataDir, { recursive: true, force: true });
}

const codeOf = (error: unknown) =>
  error instanceof Error && "code" in error ? String(error.code) : String(error);

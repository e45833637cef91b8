import { spawnSync } from "node:child_process";
import { closeSync, mkdirSync, openSync, rmSync, writeSync } from "node:fs";
import { join } from "node:path";

/** A disk of its own, in memory, that can be filled and grown. Mounting takes root; elsewhere there is none. */
export interface SmallDisk {
  path: string;
  /** Writes until nothing more fits. */
  fill(): void;
  /** As a volume of the cloud grows, under what uses it. */
  grow(megabytes: number): void;
  remove(): void;
}

const BLOCK = Buffer.alloc(64 * 1024);

export function mountSmallDisk(path: string, megabytes: number): SmallDisk | undefined {
  mkdirSync(path);
  const mount = (options: string) =>
    spawnSync("mount", ["-t", "tmpfs", "-o", options, "tmpfs", path], { stdio: "ignore" }).status === 0;
  if (!mount(`size=${megabytes}m,mode=0755`)) return undefined;
  const filler = join(path, "filler");
  return {
    path,
    fill: () => {
      const file = openSync(filler, "w");
      try {
        for (;;) writeSync(file, BLOCK);
      } catch (error) {
        if (!(error instanceof Error && "code" in error && error.code === "ENOSPC")) throw error;
      } finally {
        closeSync(file);
      }
    },
    grow: (more) => {
      if (!mount(`remount,size=${more}m`)) throw new Error("the disk did not grow");
    },
    remove: () => {
      rmSync(filler, { force: true });
      spawnSync("umount", ["--lazy", path], { stdio: "ignore" });
    },
  };
}

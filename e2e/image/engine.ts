import { type SpawnSyncOptions, spawnSync } from "node:child_process";
import process from "node:process";

const answers = (program: string, ...parameters: string[]) =>
  spawnSync(program, parameters, { stdio: "ignore", timeout: 20_000 }).status === 0;

/** Without a daemon and without an init system: each RUN in a changed root, which only root may make. */
const buildah = process.getuid?.() === 0 && answers("buildah", "version") ? "buildah" : undefined;

/** What builds and starts images here: buildah as root, or a Docker whose daemon answers. */
export const engine: "buildah" | "docker" | undefined =
  buildah ?? (answers("docker", "info") ? "docker" : undefined);

/** Runs a program to its end and returns what it printed; a failure's error has it. The storage driver needs no overlay file system. */
export function must(program: string, parameters: string[], options: SpawnSyncOptions = {}): string {
  const { status, stdout, stderr, error } = spawnSync(program, parameters, {
    maxBuffer: 1e9,
    ...options,
    env: { ...process.env, BUILDAH_ISOLATION: "chroot", STORAGE_DRIVER: "vfs", ...options.env },
    encoding: "utf8",
  });
  if (status !== 0)
    throw new Error(
      `${program} ${parameters.join(" ")}: ${error?.message ?? `${stdout}${stderr}`.slice(-4_000)}`,
    );
  return String(stdout);
}

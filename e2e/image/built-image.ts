import { readFileSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";
import { z } from "zod";
import { ROOT } from "../../infra/commands/build";
import { engine, must } from "./engine";
import { type Running, startProgram } from "./running";
import { makeStandIns } from "./stand-in-bases";

const NAME = "localhost/agathaai-built";
const RECIPE = "infra/docker/Dockerfile";

const configSchema = z.object({
  User: z.string(),
  WorkingDir: z.string(),
  Env: z.array(z.string()),
  Entrypoint: z.array(z.string()),
  Cmd: z.array(z.string()),
});

export interface BuiltImage {
  config: z.output<typeof configSchema>;
  bytes: number;
  /** A container of it with the network of this machine: as the image's user, without privileges, nothing writable but /tmp. */
  run(command: readonly string[], env: Record<string, string>): Running;
  remove(): void;
}

/** Builds the recipe as it is, on the bases that it names, or on what stands in for them (`IMAGE_BASES=debian`). */
export function buildImage(): BuiltImage {
  return engine === "buildah" ? byBuildah() : byDocker();
}

/** Names of images in the recipe, but for its own stages. */
function basesOf(recipe: string): string[] {
  return [...recipe.matchAll(/^FROM (\S+)/gm)].map(([, name = ""]) => name);
}

function byBuildah(): BuiltImage {
  const standIns = process.env["IMAGE_BASES"] === "debian" ? makeStandIns() : undefined;
  const [build = "", run = ""] = basesOf(readFileSync(join(ROOT, RECIPE), "utf8"));
  const instead = (base: string, name: string) => ["--build-context", `${base}=container-image://${name}`];
  must(
    "buildah",
    [
      ...["bud", "--network", "host", "--layers=false", "--file", RECIPE, "--tag", NAME],
      ...["--ignorefile", `${RECIPE}.dockerignore`],
      ...(standIns === undefined ? [] : [...instead(build, standIns.build), ...instead(run, standIns.run)]),
      ".",
    ],
    { cwd: ROOT },
  );
  const container = must("buildah", ["from", "--pull-never", NAME]).trim();
  const root = must("buildah", ["mount", container]).trim();
  const { config } = z
    .object({ OCIv1: z.object({ config: configSchema }) })
    .parse(JSON.parse(must("buildah", ["inspect", "--type", "image", NAME]))).OCIv1;
  return {
    config,
    bytes: Number(must("du", ["--summarize", "--bytes", root]).split("\t")[0]),
    run: (command, env) =>
      startProgram(
        [
          ...["/usr/bin/unshare", "--mount", "--propagation", "private", "/bin/sh", "-ec", CONTAIN, "sh"],
          ...[root, config.WorkingDir, ...config.User.split(":"), ...config.Entrypoint, ...command],
        ],
        { env: { NODE_ENV: "production", ...environmentOf(config.Env), ...env } },
      ),
    remove: () => {
      must("buildah", ["rm", container]);
      must("buildah", ["rmi", "--force", NAME]);
      standIns?.remove();
    },
  };
}

/**
 * Does what a container runtime does, because buildah's own passes no signals on: a read-only root and /tmp in memory. The shell becomes
 * the program in the end, so that the program gets the signals and its exit code is seen.
 */
const CONTAIN = `
root=$1 folder=$2 user=$3 group=$4; shift 4
touch "$root/etc/hosts" "$root/etc/resolv.conf"
mkdir -p "$root/proc" "$root/dev" "$root/tmp"
mount --bind "$root" "$root"
mount -o remount,bind,ro "$root"
for file in hosts resolv.conf; do mount --bind "/etc/$file" "$root/etc/$file"; done
mount --rbind /proc "$root/proc"
mount --rbind /dev "$root/dev"
mount -t tmpfs -o mode=1777 tmpfs "$root/tmp"
exec setpriv --clear-groups --no-new-privs unshare --root="$root" --wd="$folder" --setgid="$group" --setuid="$user" "$@"`;

function byDocker(): BuiltImage {
  must("docker", ["build", "--file", RECIPE, "--tag", NAME, "."], { cwd: ROOT });
  const inspect = z.tuple([z.object({ Config: configSchema, Size: z.number() })]);
  const [{ Config: config, Size: bytes }] = inspect.parse(
    JSON.parse(must("docker", ["image", "inspect", NAME])),
  );
  return {
    config,
    bytes,
    run: (command, env) =>
      startProgram(
        [
          ...["docker", "run", "--rm", "--network=host", "--read-only", "--tmpfs=/tmp", "--cap-drop=ALL"],
          "--security-opt=no-new-privileges",
          ...Object.entries(env).flatMap(([name, value]) => ["--env", `${name}=${value}`]),
          ...[NAME, ...command],
        ],
        { env: process.env },
      ),
    remove: () => must("docker", ["image", "rm", "--force", NAME]),
  };
}

const environmentOf = (lines: readonly string[]) =>
  Object.fromEntries(
    lines.map((line) => [line.slice(0, line.indexOf("=")), line.slice(line.indexOf("=") + 1)]),
  );

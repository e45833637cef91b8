import { cpSync, mkdirSync, mkdtempSync, realpathSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import process from "node:process";
import { must } from "./engine";

const SUITE = "bookworm";
const AUTHORITIES = "/etc/ssl/certs/ca-certificates.crt";
/** What the base that programs run on has: a C and C++ runtime, and nothing that could be started. */
const RUNTIME = ["libc6", "libgcc-s1", "libstdc++6"];

/**
 * `IMAGE_BASES=debian`: stand-ins for the recipe's two bases, for a machine that reaches Debian's packages (debootstrap, apt) and no
 * registry of images. Node.js and npm are this machine's, or Node.js the one of `IMAGE_NODE`.
 */
export function makeStandIns(): { build: string; run: string; remove(): void } {
  const home = mkdtempSync(join(tmpdir(), "agathaai-bases-"));
  const names = { build: "localhost/agathaai-base-build", run: "localhost/agathaai-base-run" };
  try {
    const build = join(home, "build");
    must("debootstrap", ["--variant=minbase", `--include=ca-certificates,${RUNTIME.join()}`, SUITE, build]);
    addNode(build);
    const run = join(home, "run");
    mkdirSync(join(run, "tmp"), { recursive: true, mode: 0o1777 });
    mkdirSync(join(run, "etc"), { recursive: true });
    must("apt-get", ["download", ...RUNTIME], { cwd: home });
    for (const name of RUNTIME)
      must("sh", ["-c", `dpkg-deb -x ${name.replaceAll("+", "\\+")}_*.deb run`], { cwd: home });
    commit(build, names.build, ["--env", `NODE_EXTRA_CA_CERTS=${AUTHORITIES}`]);
    commit(run, names.run, []);
  } finally {
    rmSync(home, { recursive: true, force: true });
  }
  return { ...names, remove: () => must("buildah", ["rmi", "--force", names.build, names.run]) };
}

function addNode(root: string): void {
  const bin = join(root, "usr/local/bin");
  mkdirSync(bin, { recursive: true });
  cpSync(process.env["IMAGE_NODE"] ?? process.execPath, join(bin, "node"), { dereference: true });
  const npm = dirname(dirname(realpathSync(must("sh", ["-c", "command -v npm"]).trim())));
  cpSync(npm, join(root, "usr/local/lib/node_modules/npm"), { recursive: true });
  must("ln", ["-s", "../lib/node_modules/npm/bin/npm-cli.js", join(bin, "npm")]);
  // A proxy on the way out may have a certificate authority of its own.
  cpSync(AUTHORITIES, join(root, AUTHORITIES));
}

function commit(root: string, name: string, settings: string[]): void {
  const container = must("buildah", ["from", "scratch"]).trim();
  must("buildah", ["add", "--quiet", container, root, "/"]);
  if (settings.length > 0) must("buildah", ["config", ...settings, container]);
  must("buildah", ["commit", "--quiet", "--rm", container, name]);
}

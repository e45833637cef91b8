import { spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { setPriority } from "node:os";
import { OFFLINE, ROOT } from "../../local/install.mjs";

/** Runs the programs of a step one after another, until one fails. `compiled`: where Node.js keeps compiled code. */
export async function runAll({ run, env, lowPriority }, { live, compiled }) {
  let output = "";
  for (const args of run) {
    const done = await execute(args, { env, lowPriority, live, compiled });
    output += done.output;
    if (done.code !== 0) return { ok: false, output };
  }
  return { ok: true, output };
}

function execute(args, { env, lowPriority, live, compiled }) {
  return new Promise((resolve) => {
    const out = live ? "inherit" : "pipe";
    const child = spawn(process.execPath, args, {
      cwd: ROOT,
      stdio: ["ignore", out, out],
      // Newer versions of Node can keep compiled code, so that hundreds of processes compile each file once.
      env: { ...process.env, ...OFFLINE, NODE_COMPILE_CACHE: compiled, ...env },
    });
    let output = "";
    child.stdout?.on("data", (chunk) => {
      output += chunk;
    });
    child.stderr?.on("data", (chunk) => {
      output += chunk;
    });
    if (lowPriority && child.pid !== undefined) yieldTo(child.pid);
    child.once("error", (error) => resolve({ code: 1, output: `${output}${error.message}\n` }));
    child.once("close", (code) => resolve({ code: code ?? 1, output }));
  });
}

/** Gives the process a low priority. Where the system does not allow that, tests are only slower. */
function yieldTo(pid) {
  try {
    setPriority(pid, 10);
  } catch {}
}

/** Processor seconds of every child that has ended, and of theirs. Linux alone tells; elsewhere NaN. */
export function workOfChildren() {
  try {
    const fields = readFileSync("/proc/self/stat", "utf8").split(") ").at(-1).split(" ");
    return (Number(fields[13]) + Number(fields[14])) / 100;
  } catch {
    return Number.NaN;
  }
}

export function seconds(began) {
  return `${((Date.now() - began) / 1000).toFixed(1)} s`;
}

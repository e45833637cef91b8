import { spawn } from "node:child_process";
import { join } from "node:path";
import { ROOT } from "../build";

/** Runs a command of this folder in a process of its own, and waits for its end. */
export function runCommand(
  name: string,
  env: NodeJS.ProcessEnv,
): Promise<{ code: number | null; said: string }> {
  return new Promise((resolve, reject) => {
    const tsx = join(ROOT, "node_modules/tsx/dist/cli.mjs");
    const child = spawn(process.execPath, [tsx, join(ROOT, `infra/commands/${name}.ts`)], {
      cwd: ROOT,
      env: { PATH: process.env.PATH, ...env },
      stdio: ["ignore", "pipe", "pipe"],
    });
    let said = "";
    for (const stream of [child.stdout, child.stderr])
      stream.setEncoding("utf8").on("data", (text: string) => {
        said += text;
      });
    child.once("error", reject);
    child.once("exit", (code) => resolve({ code, said }));
  });
}

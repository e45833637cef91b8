import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";

export interface Running {
  logs(): string;
  exited: Promise<number | null>;
  stop(): Promise<number | null>;
}

const running = new Set<ChildProcess>();

/** A program that is asked to end by SIGTERM, and killed with the test file at the latest. */
export function startProgram(
  [program = "", ...parameters]: readonly string[],
  options: { cwd?: string; env: NodeJS.ProcessEnv },
): Running {
  const child = spawn(program, parameters, { ...options, stdio: ["ignore", "pipe", "pipe"] });
  running.add(child);
  let said = "";
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding("utf8").on("data", (text: string) => {
      said += text;
    });
  const exited = once(child, "exit").then(([code]: (number | null)[]) => {
    running.delete(child);
    return code ?? null;
  });
  return {
    logs: () => said,
    exited,
    stop: () => {
      child.kill("SIGTERM");
      return exited;
    },
  };
}

export function killAll(): void {
  for (const child of running) child.kill("SIGKILL");
}

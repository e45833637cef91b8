import { spawn } from "node:child_process";

/**
 * Ends a detached process when this process dies without cleaning up (kill -9, a crash): a small shell waits on a pipe
 * that only we hold open, and signals the target when the pipe closes.
 * @param target a process id, or a negative process group id
 * @returns a function that ends the watchdog; call it once the target has ended
 */
export function guard(target: number, signal: "INT" | "TERM" | "KILL"): () => void {
  if (process.platform === "win32") return () => {};
  const shell = spawn("/bin/sh", ["-c", 'read -r _; kill -s "$0" -- "$1"', signal, String(target)], {
    cwd: "/",
    env: { NODE_ENV: "production" },
    detached: true,
    stdio: ["pipe", "ignore", "ignore"],
  });
  shell.on("error", () => {});
  shell.stdin.on("error", () => {});
  shell.unref();
  if ("unref" in shell.stdin && typeof shell.stdin.unref === "function") shell.stdin.unref();
  return () => {
    shell.kill("SIGKILL");
  };
}

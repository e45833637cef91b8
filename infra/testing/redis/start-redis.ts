import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { systemPort } from "../../local/process/ports";

export type TestRedis = {
  url: string;
  /** As when the process freezes or the network drops packets: connections stay, answers do not come. */
  freeze(): void;
  thaw(): void;
  /** As kill -9; `start` brings up an empty one on the same port. */
  kill(): Promise<void>;
  start(): Promise<void>;
};

/** A real Redis for tests needs the `redis-server` program (`apt-get install redis-server`). */
export const hasRedis = spawnSync("redis-server", ["--version"], { stdio: "ignore" }).status === 0;
if (!hasRedis) console.warn("redis-server is not installed: the tests that need it are skipped.");

export async function startRedis(): Promise<TestRedis & { stop(): Promise<void> }> {
  const port = await systemPort();
  let server = await launch(port);
  const kill = async () => {
    if (server.exitCode !== null || server.signalCode !== null) return;
    const ended = once(server, "exit");
    server.kill("SIGKILL");
    await ended;
  };
  return {
    url: `redis://127.0.0.1:${port}`,
    freeze: () => void server.kill("SIGSTOP"),
    thaw: () => void server.kill("SIGCONT"),
    kill,
    start: async () => {
      server = await launch(port);
    },
    stop: kill,
  };
}

async function launch(port: number): Promise<ChildProcess> {
  const options = ["--port", String(port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no"];
  const server = spawn("redis-server", options, { stdio: ["ignore", "pipe", "inherit"] });
  const ready = new Promise<void>((resolve, reject) => {
    let output = "";
    server.stdout.on("data", (chunk) => {
      output += chunk;
      if (output.includes("Ready to accept connections")) resolve();
    });
    server.once("exit", () => reject(new Error(`redis-server ended:\n${output}`)));
    server.once("error", reject);
  });
  await ready;
  return server;
}

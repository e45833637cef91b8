import cluster from "node:cluster";
import { EnvError, env } from "@agathaai/core/platform/env";
import { log } from "@agathaai/core/platform/observability/log";
import { runProcesses } from "./processes/primary";
import { type RunningServer, startServer } from "./start-server";

/** The server process: `node dist/server.js`, or by tsx in development. One of several, where so many are asked for. */
async function main(): Promise<void> {
  const { SERVER_PROCESSES: processes } = env();
  if (processes > 1 && cluster.isPrimary) return runProcesses(processes);
  const running = await startServer(env());
  const stop = stopOnce(running);
  process.once("SIGTERM", () => void stop(0));
  process.once("SIGINT", () => void stop(0));
  process.on("uncaughtException", (error) => fail(error, stop));
  process.on("unhandledRejection", (error) => fail(error, stop));
}

function stopOnce(running: RunningServer): (code: number) => Promise<void> {
  let stopping: Promise<void> | undefined;
  return (code) => {
    stopping ??= running.stop().then(
      () => process.exit(code),
      (error: unknown) => {
        log().fatal({ err: error }, "stopping failed");
        process.exit(1);
      },
    );
    return stopping;
  };
}

/** A defect nobody caught leaves the process in an unknown state: finish what is in flight, then let it be replaced. */
function fail(error: unknown, stop: (code: number) => Promise<void>): void {
  log().fatal({ err: error }, "uncaught");
  void stop(1);
}

main().catch((error: unknown) => {
  if (error instanceof EnvError) console.error(error.message);
  else console.error("The server could not start:", error);
  process.exit(1);
});

import { fork } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { z } from "zod";
import { guard } from "../../../infra/local/process/watchdog";
import type { MockCounts } from "./mock-protocol";

export interface MockProvider {
  port: number;
  pid: number;
  counts(): Promise<MockCounts>;
  stop(): void;
}

const started = z.object({ port: z.number().int() });
const counted = z.object({ answers: z.number().int(), streams: z.number().int() });

export async function startMockProvider({
  delayMs,
  paceMs = 0,
  chunks = 50,
}: {
  delayMs: number;
  paceMs?: number;
  /** Of a stream. */
  chunks?: number;
}): Promise<MockProvider> {
  const child = fork(
    fileURLToPath(new URL("mock.ts", import.meta.url)),
    [delayMs, paceMs, chunks].map(String),
    {
      execArgv: ["--import", "tsx"],
    },
  );
  const pid = child.pid ?? -1;
  child.once("exit", guard(pid, "KILL"));
  const said = async (): Promise<unknown> => (await once(child, "message"))[0];
  const { port } = started.parse(await said());
  return {
    port,
    pid,
    counts: async () => {
      const answer = said();
      child.send("counts");
      return counted.parse(await answer);
    },
    stop: () => void child.kill("SIGKILL"),
  };
}

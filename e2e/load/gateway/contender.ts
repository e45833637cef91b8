import { type ChildProcess, spawn } from "node:child_process";
import { setTimeout as sleep } from "node:timers/promises";
import { guard } from "../../../infra/local/process/watchdog";
import { httpText } from "../load";

/** What stands between the load and the provider. */
export interface Contender {
  name: string;
  port: number;
  /** CPU seconds so far: of the gateway itself, and of what it needs beside it. */
  cpu(): { own: number; database: number };
  /** Whole HTTP requests, asked in turn. */
  requests(stream: boolean): string[];
  /** Whether every answer since the last call is on record, exactly; says what is wrong. Only where there is a ledger. */
  check?(answers: { answers: number; streams: number }): Promise<string | undefined>;
  stop(): Promise<void> | void;
}

/** A contender that cannot be had here, and why. */
export class NotHere extends Error {}

export const PROMPT =
  "Name three things that agates are used for, and say in one sentence each where the stone is found, how it is cut and polished, and what it costs.";

/** One chat completion, as an SDK sends it. */
export function completion(
  path: string,
  headers: Record<string, string>,
  stream: boolean,
  content = PROMPT,
): string {
  return httpText({
    method: "POST",
    path,
    headers,
    body: {
      model: "gpt-4o",
      messages: [{ role: "user", content }],
      max_tokens: 64,
      temperature: 0.7,
      ...(stream && { stream, stream_options: { include_usage: true } }),
    },
  });
}

interface Program {
  /** Command and arguments. */
  command: readonly string[];
  port: number;
  cwd?: string;
  env?: Record<string, string>;
  /** How long it may take to answer at its port. */
  withinMs?: number;
}

/** Starts a program and waits until something listens at its port. */
export async function startProgram({
  command,
  port,
  cwd,
  env = {},
  withinMs = 30_000,
}: Program): Promise<ChildProcess> {
  const [program = "", ...args] = command;
  const child = spawn(program, args, {
    ...(cwd !== undefined && { cwd }),
    env: { PATH: process.env.PATH ?? "", HOME: process.env.HOME ?? "", NODE_ENV: "production", ...env },
    stdio: "ignore",
  });
  let failed: Error | undefined;
  child.once("error", (error) => {
    failed = error;
  });
  if (child.pid !== undefined) child.once("exit", guard(child.pid, "KILL"));
  for (const deadline = Date.now() + withinMs; ; await sleep(100)) {
    const answered = await fetch(`http://127.0.0.1:${port}/`).then(
      () => true,
      () => false,
    );
    if (answered) return child;
    if (failed !== undefined || child.exitCode !== null || Date.now() > deadline) {
      child.kill("SIGKILL");
      throw new NotHere(`${command.at(-1)} did not start`, { cause: failed });
    }
  }
}

import { fork } from "node:child_process";
import { fileURLToPath } from "node:url";

export interface Load {
  port: number;
  connections: number;
  /** Whole HTTP requests, asked in turn. */
  requests: string[];
  warmupSeconds: number;
  seconds: number;
  /** Requests a second; without it, as many as are answered. */
  rate?: number;
}

export interface LoadResult {
  seconds: number;
  /** How often each HTTP status came; 0 stands for a broken connection. */
  statuses: Record<string, number>;
  /** Milliseconds, ascending, of every answer. */
  latencies: number[];
  /** What making the load cost. */
  cpuSeconds: number;
}

/** Runs the load in a process of its own; `onMeasuring` is called when the warm-up is over. */
export function runLoad(load: Load, onMeasuring: () => void): Promise<LoadResult> {
  const generator = fork(fileURLToPath(new URL("generator.ts", import.meta.url)), {
    execArgv: ["--import", "tsx"],
  });
  return new Promise((resolve, reject) => {
    generator.once("error", reject);
    generator.once("exit", (code) => reject(new Error(`The load generator ended with ${code}.`)));
    generator.on("message", (message: "measuring" | LoadResult) => {
      if (message === "measuring") onMeasuring();
      else resolve(message);
    });
    generator.send(load);
  });
}

/** The p-th percentile (0–1) of ascending numbers. */
export function percentile(ascending: readonly number[], p: number): number {
  return ascending[Math.max(0, Math.ceil(ascending.length * p) - 1)] ?? Number.NaN;
}

export interface RequestText {
  method: "GET" | "POST";
  path: string;
  headers?: Record<string, string>;
  body?: unknown;
}

export function httpText({ method, path, headers = {}, body }: RequestText): string {
  const text = body === undefined ? "" : JSON.stringify(body);
  const all = {
    host: "localhost",
    ...headers,
    ...(body === undefined
      ? {}
      : { "content-type": "application/json", "content-length": String(Buffer.byteLength(text)) }),
  };
  const lines = Object.entries(all).map(([name, value]) => `${name}: ${value}\r\n`);
  return `${method} ${path} HTTP/1.1\r\n${lines.join("")}\r\n${text}`;
}

import { type DestinationStream, pino } from "pino";
import { singleton } from "../concurrency/singleton";
import { env } from "../env";
import { type CallFields, CallLines } from "./lines/call-lines";
import { ecsError, ecsForm } from "./lines/ecs";
import { GatheredLines } from "./lines/gathered-lines";
import { loggedError } from "./lines/logged-error";

/**
 * JSON logs. By design no prompt, result, key, email address or token is ever passed to a logger; redaction is the second
 * line of defense, not the first.
 */
const redactPaths = [
  "authorization",
  "cookie",
  "password",
  "secret",
  "token",
  "access_token",
  "refresh_token",
  "email",
];

export type Log = ReturnType<typeof createLog>;

export type LogFormat = "json" | "ecs";

export function createLog(level: string, destination: DestinationStream, format: LogFormat = "json") {
  return pino(
    {
      ...form(level, format),
      serializers: {
        err: (error: unknown) => loggedError(error),
        error: (error: unknown) => ecsError(loggedError(error)),
      },
      redact: {
        paths: [...redactPaths, ...redactPaths.flatMap((path) => [`*.${path}`, `*.*.${path}`])],
        censor: "[redacted]",
      },
    },
    destination,
  );
}

const form = (level: string, format: LogFormat) => ({
  level,
  base: null,
  ...(format === "ecs"
    ? ecsForm
    : {
        timestamp: pino.stdTimeFunctions.isoTime,
        formatters: { level: (label: string) => ({ level: label }) },
      }),
});

const output = singleton("log output", () => {
  const lines = new GatheredLines(pino.destination({ sync: true }));
  process.once("exit", () => lines.flush());
  return lines;
});

export const log = singleton("log", () => createLog(env().LOG_LEVEL, output(), env().LOG_FORMAT));

const callLog = singleton("call log", (): Pick<CallLines, "write"> => {
  const { LOG_LEVEL: level, LOG_FORMAT: format } = env();
  if (format === "json") return new CallLines(level, output());
  const lines = pino(form(level, format), output());
  return { write: (fields) => lines.info(fields, "request") };
});

/** The one line that every call leaves. */
export function logCall(fields: CallFields): void {
  callLog().write(fields);
}

/** Writes lines of another format after all that was logged, and flushes: the process may be frozen next. */
export function writeLines(lines: readonly string[]): void {
  output().write(lines.join(""));
  output().flush();
}

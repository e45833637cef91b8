import { type DestinationStream, pino } from "pino";
import { singleton } from "../concurrency/singleton";
import { env } from "../env";
import { type CallFields, CallLines } from "./call-lines";
import { GatheredLines } from "./gathered-lines";

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

const LONGEST_CHAIN = 5;

interface LoggedError {
  type: string;
  message: string;
  stack: string | undefined;
  /** The code of PostgreSQL, Node, Prisma, or ours. */
  code?: string | undefined;
  /** The internal text of an AppError. */
  internal?: string | undefined;
  cause?: LoggedError | undefined;
}

/**
 * The parts of an error that are logged. Other fields can hold personal data: Stripe's errors contain the payment with
 * its email address and client secret, PostgreSQL's the refused row, those of HTTP clients their request.
 */
function loggedError(error: unknown, depth = 1): LoggedError | undefined {
  if (!(error instanceof Error)) return { type: typeof error, message: "not an error", stack: undefined };
  const text = (name: string) => {
    const value: unknown = Reflect.get(error, name);
    return typeof value === "string" ? value : undefined;
  };
  return {
    type: error.name === "Error" ? error.constructor.name : error.name,
    message: error.message,
    stack: error.stack,
    code: text("code"),
    internal: text("internal"),
    cause:
      error.cause === undefined || depth === LONGEST_CHAIN ? undefined : loggedError(error.cause, depth + 1),
  };
}

export type Log = ReturnType<typeof createLog>;

export function createLog(level: string, destination: DestinationStream) {
  return pino(
    {
      ...form(level),
      serializers: { err: (error: unknown) => loggedError(error) },
      redact: { paths: [...redactPaths, ...redactPaths.map((path) => `*.${path}`)], censor: "[redacted]" },
    },
    destination,
  );
}

const form = (level: string) => ({
  level,
  base: null,
  timestamp: pino.stdTimeFunctions.isoTime,
  formatters: { level: (label: string) => ({ level: label }) },
});

const output = singleton("log output", () => {
  const lines = new GatheredLines(pino.destination({ sync: true }));
  process.once("exit", () => lines.flush());
  return lines;
});

export const log = singleton("log", () => createLog(env().LOG_LEVEL, output()));

const callLog = singleton("call log", () => new CallLines(env().LOG_LEVEL, output()));

/** The one line that every call leaves. */
export function logCall(fields: CallFields): void {
  callLog().write(fields);
}

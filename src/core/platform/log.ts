import { pino } from "pino";
import { env } from "./env";

/**
 * JSON logs for machines. Content never gets here by design (no prompt, result, key, mail address or token is ever
 * passed to a logger); the redaction below is the second wall, not the first.
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

export function createLog(level: string) {
  return pino({
    level,
    base: null,
    redact: { paths: [...redactPaths, ...redactPaths.map((path) => `*.${path}`)], censor: "[redacted]" },
    timestamp: pino.stdTimeFunctions.isoTime,
    formatters: { level: (label) => ({ level: label }) },
  });
}

const shared = globalThis as typeof globalThis & { agathaLog?: Log };

export function log(): Log {
  shared.agathaLog ??= createLog(env().LOG_LEVEL);
  return shared.agathaLog;
}

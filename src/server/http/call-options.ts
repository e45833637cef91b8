import { AppError } from "@agathaai/core/platform/errors";

/** The longest `Prefer: wait` honoured, in seconds: under the load balancer's idle time-out. */
export const MAX_WAIT_SECONDS = 60;

/**
 * `Prefer: wait=N` (RFC 7240 §4.3): how long the caller would like to wait. Other preferences are ignored, as the RFC asks.
 * @throws AppError `invalid_request` when N is not a whole number of seconds from 1 to 60.
 */
export function parseWait(prefer: string | null | undefined): number | undefined {
  if (!prefer) return undefined;
  const preference = prefer.split(/[,;]/).find((part) => /^\s*wait\s*(=|$)/i.test(part));
  if (preference === undefined) return undefined;
  const value = /^\s*wait\s*=\s*"?(?<seconds>\d{1,4})"?\s*$/i.exec(preference)?.groups?.seconds;
  const seconds = Number(value);
  if (value !== undefined && seconds >= 1 && seconds <= MAX_WAIT_SECONDS) return seconds;
  throw new AppError("invalid_request", {
    public: `Prefer: wait must be a whole number of seconds from 1 to ${MAX_WAIT_SECONDS}, such as wait=30.`,
    param: "Prefer",
  });
}

/**
 * `Idempotency-Key`: any printable text of 1–255 characters, best a fresh UUID for each intended operation.
 * @throws AppError `invalid_request` for anything else.
 */
export function parseIdempotencyKey(header: string | null | undefined): string | undefined {
  if (header === null || header === undefined) return undefined;
  if (/^[\x21-\x7e]{1,255}$/.test(header)) return header;
  throw new AppError("invalid_request", {
    public: "Idempotency-Key must be 1–255 printable ASCII characters without spaces.",
    param: "Idempotency-Key",
  });
}

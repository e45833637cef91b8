import { AppError } from "@agathaai/core/platform";

/** The longest `Prefer: wait` honored, in seconds: under the load balancer's idle time-out. */
export const MAX_WAIT_SECONDS = 60;

/**
 * `Prefer: wait=N` (RFC 7240 §4.3): how long the caller would like to wait, at most what we hold an answer for. A
 * preference is a wish, no demand: other ones, and one that does not read as seconds, are ignored (§2); of several the
 * first holds.
 */
export function parseWait(prefer: string | null | undefined): number | undefined {
  if (!prefer) return undefined;
  const preference = prefer.split(",").find((part) => /^\s*wait\s*(=|;|$)/i.test(part));
  const value = /^\s*wait\s*=\s*"?(?<seconds>\d{1,9})"?\s*(;|$)/i.exec(preference ?? "")?.groups?.seconds;
  return value === undefined ? undefined : Math.min(Number(value), MAX_WAIT_SECONDS);
}

/**
 * `x-agatha-fallback: off`: the model asked for answers, or none. True where nothing is said.
 * @throws AppError `invalid_request` for anything but `on` and `off`.
 */
export function parseFallback(header: string | null | undefined): boolean {
  if (header === null || header === undefined || header === "on") return true;
  if (header === "off") return false;
  throw new AppError("invalid_request", {
    public: 'x-agatha-fallback must be "on" or "off".',
    param: "x-agatha-fallback",
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
    public: "Idempotency-Key must be 1–255 visible ASCII characters.",
    param: "Idempotency-Key",
  });
}

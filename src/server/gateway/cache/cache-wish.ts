import type { IncomingHttpHeaders } from "node:http";
import { AppError, type Principal } from "@agathaai/core/platform";
import { CACHE_SECONDS } from "@/shared/bounds";
import { oneHeader } from "../call-headers";

/** What a call asks of the response cache. */
export interface CacheWish {
  /** How long its answer may be used again, and how old one may be that answers it. */
  ttlSeconds: number;
  /** False: a model answers, and its answer replaces the stored one. */
  mayAnswer: boolean;
}

/**
 * Whether the call or its key says anything about the cache: nothing else of this folder runs where neither does. In HIPAA
 * mode answers are neither stored nor used again, whatever is asked.
 */
export function asksForCache(headers: IncomingHttpHeaders, principal: Principal): boolean {
  if (principal.hipaa === true) return false;
  return headers["x-agatha-cache"] !== undefined || secondsOfKey(principal) !== undefined;
}

/**
 * `x-agatha-cache: on`, seconds, `refresh`, `no-store` or `off`, separated by commas; `cache-control: no-store` and
 * `no-cache` mean what they mean everywhere. What the call does not say is the key's default. Undefined: the cache has no
 * part in this call.
 * @throws AppError `invalid_request`, param `x-agatha-cache`.
 */
export function readCacheWish(headers: IncomingHttpHeaders, principal: Principal): CacheWish | undefined {
  const words = wordsIn(headers["x-agatha-cache"]);
  const usual = wordsIn(headers["cache-control"]);
  let ttlSeconds: number = secondsOfKey(principal) ?? CACHE_SECONDS.usual;
  let mayAnswer = !usual.includes("no-cache");
  let off = usual.includes("no-store");
  for (const word of words) {
    if (word === "off" || word === "no-store") off = true;
    else if (word === "refresh") mayAnswer = false;
    else if (word !== "on") ttlSeconds = secondsIn(word);
  }
  return off ? undefined : { ttlSeconds, mayAnswer };
}

function secondsOfKey(principal: Principal): number | undefined {
  return principal.kind === "key" ? principal.cacheTtlSeconds : undefined;
}

function secondsIn(word: string): number {
  const seconds = /^\d{1,9}$/.test(word) ? Number(word) : Number.NaN;
  if (seconds >= CACHE_SECONDS.least && seconds <= CACHE_SECONDS.most) return seconds;
  throw new AppError("invalid_request", {
    public: `x-agatha-cache must be "on", "off", "refresh", "no-store" or a number of seconds from ${CACHE_SECONDS.least} to ${CACHE_SECONDS.most}.`,
    param: "x-agatha-cache",
  });
}

function wordsIn(header: string | string[] | undefined): string[] {
  const words = oneHeader(header)?.toLowerCase().split(",") ?? [];
  return words.map((word) => word.trim()).filter((word) => word !== "");
}

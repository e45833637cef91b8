import type { IncomingHttpHeaders } from "node:http";
import { AppError } from "@agathaai/core/platform";
import { formatMoneyExactly } from "@/shared/format/money";
import { parseFallback } from "../http/request/call-options";

export interface CallHeaders {
  /** `x-agatha-fallback: off`: the model asked for answers, or none. */
  fallback: boolean;
  /** `x-max-cost`, in micro-dollars. */
  maxCostMicros: bigint | undefined;
}

/** At most six decimals: a micro-dollar. */
const DOLLARS = /^(?<whole>\d{1,9})(?:\.(?<rest>\d{1,6}))?$/;

/** @throws AppError `invalid_request`, naming the header. */
export function readCallHeaders(headers: IncomingHttpHeaders): CallHeaders {
  const fallback = parseFallback(oneHeader(headers["x-agatha-fallback"]));
  const most = oneHeader(headers["x-max-cost"]);
  const dollars = most === undefined ? undefined : DOLLARS.exec(most)?.groups;
  if (most !== undefined && dollars === undefined) {
    throw new AppError("invalid_request", {
      public: "x-max-cost must be an amount in dollars, such as 0.05.",
      param: "x-max-cost",
    });
  }
  return {
    fallback,
    maxCostMicros:
      dollars && BigInt(dollars.whole ?? 0) * 1_000_000n + BigInt((dollars.rest ?? "").padEnd(6, "0")),
  };
}

/** What a call may cost at most, and what it could. */
export interface MaxCost {
  allowedMicros: bigint;
  /** By the price list; less once it is known that a stored answer or the organization's own key answers. */
  possibleMicros: bigint;
  /** What would make it cheaper. */
  remedy: string;
}

/** Undefined for a caller who has set none. */
export function maxCostOf(
  { maxCostMicros: allowedMicros }: CallHeaders,
  possibleMicros: bigint,
  remedy: string,
): MaxCost | undefined {
  return allowedMicros === undefined ? undefined : { allowedMicros, possibleMicros, remedy };
}

/**
 * Refuses a call that could cost more than its caller allows.
 * @throws AppError `spend_cap_reached`.
 */
export function assertWithinMaxCost(max: MaxCost | undefined): void {
  if (max === undefined || max.possibleMicros <= max.allowedMicros) return;
  const { possibleMicros: costMicros, remedy } = max;
  throw new AppError("spend_cap_reached", {
    public: `This request may cost up to ${formatMoneyExactly(costMicros)}, more than x-max-cost allows. ${remedy} or raise x-max-cost.`,
    param: "x-max-cost",
  });
}

export function oneHeader(header: string | string[] | undefined): string | undefined {
  return Array.isArray(header) ? header.join(", ") : header;
}

import type { Price } from "./catalogue";

const MILLION = 1_000_000n;

/**
 * The most that a request can cost, in micro-dollars: every input token at the dearer of the fresh and the cached price,
 * every output token at its own, rounded up. `costOf` of no more tokens at the same price is never above it.
 */
export function boundCost(
  { price }: { price: Price },
  { inputTokens, outputTokens }: { inputTokens: number; outputTokens: number },
): bigint {
  const millionths =
    BigInt(inputTokens) * BigInt(Math.max(price.input, price.cachedInput)) +
    BigInt(outputTokens) * BigInt(price.output);
  return (millionths + MILLION - 1n) / MILLION;
}

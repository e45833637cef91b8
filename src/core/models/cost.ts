import { catalogueModel, type Price } from "./catalogue";

/** Tokens by class, as the provider reported them; cached input is part of input. */
export interface PricedUsage {
  inputTokens: number;
  cachedInputTokens: number;
  outputTokens: number;
}

const MILLION = 1_000_000n;

/**
 * Micro-dollars for one request, exact in integers: the classes are summed first and rounded once, half up, at the
 * micro-dollar.
 *
 * @throws RangeError when the price entry does not exist: entries are never removed, so this is a defect.
 */
export function costOf(priceVersion: string, usage: PricedUsage): bigint {
  const price = priceOf(priceVersion);
  if (price === undefined) throw new RangeError(`No price entry "${priceVersion}" in the catalogue`);
  const millionths =
    BigInt(usage.inputTokens - usage.cachedInputTokens) * BigInt(price.input) +
    BigInt(usage.cachedInputTokens) * BigInt(price.cachedInput) +
    BigInt(usage.outputTokens) * BigInt(price.output);
  return (millionths + MILLION / 2n) / MILLION;
}

/** The entry a ledger row was billed by: `model@day`. */
export function priceOf(priceVersion: string): Price | undefined {
  const at = priceVersion.lastIndexOf("@");
  const day = priceVersion.slice(at + 1);
  return catalogueModel(priceVersion.slice(0, at))?.prices.find(({ from }) => from === day);
}

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

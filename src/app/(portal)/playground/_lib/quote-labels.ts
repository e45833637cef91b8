import { formatCount, formatTokens } from "@/shared/format/count";
import { formatMoney } from "@/shared/format/money";
import type { Outputs } from "../../../_client/trpc";

export type Quote = Outputs["inference"]["quote"];

export interface QuoteLabels {
  /** Tokens and cost, in one line. */
  line: string;
  /** Why it would be refused, and what to do. Absent where it fits. */
  problem?: { text: string; advice: string };
  /** The largest max_tokens that would still fit, where lowering it is enough. */
  fittingMaxTokens?: number;
}

/** What a quote says beside its model. */
export function quoteLabels(quote: Quote): QuoteLabels {
  const { estimate, most, max_output_tokens, reserved_tokens, environment } = quote;
  const input = `About ${formatTokens(estimate.input_tokens)} in, up to ${formatCount(max_output_tokens)} out`;
  if (environment === "test") return { line: `${input} · free, simulated` };
  const cost =
    estimate.cost_micros === null
      ? `at most ${formatMoney(most.cost_micros)}`
      : `about ${formatMoney(estimate.cost_micros)}, at most ${formatMoney(most.cost_micros)}`;
  const line = `${input} · ${cost}`;
  if (quote.fits) return { line };

  if (!quote.quota.fits) {
    const remaining = quote.quota.remaining ?? 0;
    const fitting = remaining - most.input_tokens;
    const smaller = fitting >= 1 && fitting < max_output_tokens;
    return {
      line,
      ...(smaller && { fittingMaxTokens: fitting }),
      problem: {
        text: `It needs ${formatTokens(reserved_tokens)} while it runs; ${formatCount(remaining)} of this month’s ${formatCount(quote.quota.limit ?? 0)} are left.`,
        advice: smaller
          ? "Lower max tokens, or upgrade your plan."
          : "Shorten the messages, or upgrade your plan.",
      },
    };
  }
  const { spend } = quote;
  const left = Math.max(0, (spend.cap_micros ?? 0) - spend.spent_micros - spend.reserved_micros);
  return {
    line,
    problem: {
      text: `It can cost up to ${formatMoney(most.cost_micros)}; ${formatMoney(left)} of your organization’s ${formatMoney(spend.cap_micros ?? 0)} monthly cap is left.`,
      advice: "Lower max tokens, choose a cheaper model, or raise the cap.",
    },
  };
}

/** What all columns need together, and whether that fits: each may fit alone where all do not. */
export function combinedLabels(quotes: readonly Quote[]): { line: string; problem?: string } | null {
  const [first] = quotes;
  if (first === undefined || quotes.length < 2 || quotes.some(({ environment }) => environment === "test")) {
    return null;
  }
  const sum = (of: (quote: Quote) => number) => quotes.reduce((total, quote) => total + of(quote), 0);
  const tokens = sum(({ reserved_tokens }) => reserved_tokens);
  const micros = sum(({ reserved_micros }) => reserved_micros);
  const line = `Together at most ${formatTokens(tokens)} and ${formatMoney(micros)}`;
  if (quotes.some(({ fits }) => !fits)) return { line };
  const { remaining, overage } = first.quota;
  const { cap_micros, spent_micros, reserved_micros } = first.spend;
  if (remaining !== null && !overage && tokens > remaining) {
    return {
      line,
      problem: `Each fits alone, but not all together: ${formatTokens(remaining)} are left this month.`,
    };
  }
  if (cap_micros !== null && spent_micros + reserved_micros + micros > cap_micros) {
    return { line, problem: "Each fits alone, but not all together under the monthly cap." };
  }
  return { line };
}

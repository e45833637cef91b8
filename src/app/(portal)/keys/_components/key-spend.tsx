import { CapBar } from "@/components/charts/cap-bar";
import { formatMoney } from "@/shared/money";
import type { Key } from "../_lib/key";

/** What the key has spent this month, against its cap where it has one. */
export function KeySpend({ apiKey }: { apiKey: Key }) {
  const { spent_this_month_micros: spent, monthly_cap_micros: cap, environment } = apiKey;
  if (environment === "test") return <span className="text-muted">Free</span>;
  if (cap === null) return <span className="num">{formatMoney(spent)}</span>;
  return (
    <span className="inline-grid w-full max-w-44 gap-1.5">
      <span className="num whitespace-nowrap">
        {formatMoney(spent)} <span className="text-muted">of {formatMoney(cap)}</span>
      </span>
      <CapBar share={spent / cap} />
    </span>
  );
}

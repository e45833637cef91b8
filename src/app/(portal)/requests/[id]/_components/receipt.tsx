import type { ReactNode } from "react";
import { Card, CardBody, CardHeader, CardTitle } from "@/components/ui/card";
import { formatCount, formatTokens } from "@/shared/format/count";
import { formatMoney } from "@/shared/format/money";
import type { RequestDetail } from "../../_lib/types";

interface Line {
  what: string;
  tokens: number;
  price: number;
}

/** Tokens by class at the prices in effect, their cost, and the reservation. */
export function Receipt({ request }: { request: RequestDetail }) {
  const { usage, receipt, environment, status } = request;
  if (!receipt) return null;
  const lines: Line[] = usage
    ? [
        {
          what: "Input",
          tokens: usage.input_tokens - usage.cached_input_tokens - usage.cache_write_tokens,
          price: receipt.input_price_per_million_micros,
        },
        {
          what: "Cached input",
          tokens: usage.cached_input_tokens,
          price: receipt.cached_input_price_per_million_micros,
        },
        {
          what: "Cache write",
          tokens: usage.cache_write_tokens - receipt.long_cache_write_tokens,
          price: receipt.cache_write_price_per_million_micros,
        },
        {
          what: "Cache write, 12 hours",
          tokens: receipt.long_cache_write_tokens,
          price: receipt.long_cache_write_price_per_million_micros,
        },
        { what: "Output", tokens: usage.output_tokens, price: receipt.output_price_per_million_micros },
      ].filter(({ tokens }) => tokens > 0)
    : [];
  return (
    <Card>
      <CardHeader>
        <CardTitle>Tokens and cost</CardTitle>
      </CardHeader>
      <CardBody className="grid gap-3">
        {lines.length > 0 && (
          <table className="w-full text-left">
            <caption className="sr-only">Tokens by class with their price</caption>
            <thead className="sr-only">
              <tr>
                <th scope="col">Class</th>
                <th scope="col">Tokens</th>
                <th scope="col">Price per million</th>
              </tr>
            </thead>
            <tbody>
              {lines.map(({ what, tokens, price }) => (
                <tr key={what}>
                  <th scope="row" className="py-1 font-normal text-muted">
                    {what}
                  </th>
                  <td className="py-1 text-right">{formatCount(tokens)}</td>
                  <td className="py-1 text-right text-muted">× {formatMoney(price)}/M</td>
                </tr>
              ))}
            </tbody>
          </table>
        )}
        {usage && usage.reasoning_tokens > 0 && (
          <p className="text-[13px] text-muted">
            Output includes {formatTokens(usage.reasoning_tokens)} of reasoning.
          </p>
        )}
        <p className="flex items-baseline justify-between border-t pt-3 first:border-0 first:pt-0">
          <span className="text-muted">Cost</span>
          <span className="num font-semibold text-lg">{formatMoney(receipt.cost_micros)}</span>
        </p>
        {!receipt.billable && (
          <p className="text-[13px] text-muted">
            {environment === "test" && status === "completed"
              ? "Not billed: it ran in the test environment."
              : "Not billed: only completed live requests are."}
          </p>
        )}
        <Settlement request={request} receipt={receipt} />
        {receipt.long_context && (
          <p className="text-[13px] text-muted">Billed at the model’s prices for long requests.</p>
        )}
        {receipt.service_tier !== "default" && (
          <p className="text-[13px] text-muted">
            Service tier <code>{receipt.service_tier}</code>
          </p>
        )}
        {receipt.regional_percent !== 100 && (
          <p className="text-[13px] text-muted">
            The cost includes {receipt.regional_percent - 100}% for a regional endpoint.
          </p>
        )}
        <p className="text-[13px] text-muted">
          Price version <code>{receipt.price_version}</code>
        </p>
      </CardBody>
    </Card>
  );
}

/** Tokens reserved, used and released. Simulated requests reserve none. */
function Settlement({
  request: { usage, max_output_tokens },
  receipt,
}: {
  request: RequestDetail;
  receipt: NonNullable<RequestDetail["receipt"]>;
}) {
  const { reserved_tokens, reserved_micros, overage_tokens, overage_micros, billable, cost_micros } = receipt;
  if (reserved_tokens === 0) return null;
  const used = billable && usage ? usage.total_tokens : 0;
  const money = (micros: number) => (reserved_micros === 0 ? "" : ` · ${formatMoney(micros)}`);
  const rows: [string, ReactNode][] = [
    ["Held", `${formatTokens(reserved_tokens)}${money(reserved_micros)}`],
    ["Used", `${formatTokens(used)}${money(cost_micros)}`],
    [
      "Released",
      `${formatTokens(Math.max(0, reserved_tokens - used))}${money(Math.max(0, reserved_micros - cost_micros))}`,
    ],
  ];
  if (overage_tokens > 0) {
    rows.push(["Overage", `${formatTokens(overage_tokens)} · ${formatMoney(overage_micros)}`]);
  }
  return (
    <div className="grid gap-1.5 border-t pt-3 text-[13px]">
      <dl className="grid gap-1">
        {rows.map(([term, value]) => (
          <div key={term} className="flex justify-between gap-4">
            <dt className="text-muted">{term}</dt>
            <dd className="num text-right">{value}</dd>
          </div>
        ))}
      </dl>
      <p className="text-muted">
        Held for up to {formatCount(Math.max(0, reserved_tokens - max_output_tokens))} input and{" "}
        {formatCount(max_output_tokens)} output tokens.
      </p>
    </div>
  );
}
